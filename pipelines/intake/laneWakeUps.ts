/**
 * Wakes lane workers after a commit. Lanes that become dirty shortly after a wake-up was sent are folded into the next, and many
 * lanes into one wake-up of all: a busy API sends few, however much it takes in. Losing one costs the sweep's delay, nothing else.
 */
import { ITEM_LANES } from "../../domain/lane.ts";
import type { Context } from "../../platform/context.ts";
import { createWakeUps, type WakeUps } from "../../platform/queues.ts";

/** What a wake-up of every lane is called in the queue. */
const ALL_LANES = "all";
/** From so many lanes on, one wake-up of all is cheaper for everybody than one each. */
const LANES_EACH_MAX = 12;
/** At least so long between two sendings, and after one that woke all: their workers have enough to do meanwhile. */
const PAUSE_MS = 5;
const PAUSE_AFTER_ALL_MS = 20;

class LaneWakeUps {
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
      const lanes = this.#dirty;
      this.#dirty = new Set();
      const wakesAll = lanes.size > LANES_EACH_MAX;
      await this.#queue.wake(wakesAll ? [ALL_LANES] : [...lanes].map((lane) => String(lane)));
      const pauseMs = wakesAll ? PAUSE_AFTER_ALL_MS : PAUSE_MS;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    this.#sending = undefined;
  }

  async close(): Promise<void> {
    await this.#sending;
    await this.#queue.close();
  }
}

/** Opens the wake-ups of a process that puts movements into the inbox. */
export function createLaneWakeUps({ config, log }: Pick<Context, "config" | "log">): LaneWakeUps {
  const { REDIS_URL: redisUrl, REDIS_PREFIX: prefix } = config;
  return new LaneWakeUps(createWakeUps({ name: "apply", redisUrl, prefix, log }));
}

/** The lanes that a wake-up taken from the queue means. */
export function lanesOfWakeUp(id: string): number[] {
  if (id === ALL_LANES) return Array.from({ length: ITEM_LANES }, (_, lane) => lane);
  return [Number(id)];
}
