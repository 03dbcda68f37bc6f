/**
 * Wakes lane workers after a commit. Lanes that become dirty while a wake-up is on its way to Redis are folded into the next,
 * so a busy API sends few, large wake-ups. Losing one costs the sweep's delay, nothing else.
 */
import type { WakeUps } from "../../platform/queues.ts";

export class LaneWakeUps {
  readonly #queue: WakeUps;
  #dirty = new Set<number>();
  #sending: Promise<void> | undefined;

  constructor(queue: WakeUps) {
    this.#queue = queue;
  }

  /** Marks the lanes as having work; answers at once. */
  wake(lanes: Iterable<number>): void {
    for (const lane of lanes) this.#dirty.add(lane);
    this.#sending ??= this.#send();
  }

  async #send(): Promise<void> {
    await Promise.resolve(); // let the callers of this tick add their lanes
    while (this.#dirty.size > 0) {
      const lanes = [...this.#dirty];
      this.#dirty = new Set();
      await this.#queue.wake(lanes.map(String));
    }
    this.#sending = undefined;
  }

  async close(): Promise<void> {
    await this.#sending;
    await this.#queue.close();
  }
}
