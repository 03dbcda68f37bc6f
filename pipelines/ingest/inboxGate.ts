/** Holds sources back while the inbox is past its depth: they read nothing more until it has emptied, and the broker keeps the rest. */
import { setTimeout as pause } from "node:timers/promises";
import type { Metrics } from "../../platform/metrics.ts";
import { BacklogGate, type BacklogWatch } from "../backlog/index.ts";

/** The depth is looked at again after this. */
const LOOK_MS = 500;

interface GateOptions {
  readonly backlog: Pick<BacklogWatch, "depth" | "decidedPerSecond">;
  readonly depthMax: number;
  readonly metrics: Pick<Metrics, "sourcePaused">;
}

/** The gate of one process. */
export class InboxGate {
  readonly #gate: BacklogGate;
  readonly #metrics: GateOptions["metrics"];

  constructor({ backlog, depthMax, metrics }: GateOptions) {
    this.#gate = new BacklogGate(backlog, depthMax);
    this.#metrics = metrics;
  }

  /** True while movements may come in. */
  get isOpen(): boolean {
    return this.#gate.isOpen;
  }

  /** Answers when movements may come in, or when the signal is aborted; calls `whileShut` now and then meanwhile. */
  async open(
    source: string,
    signal: AbortSignal,
    whileShut: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    while (!this.isOpen && !signal.aborted) {
      this.#metrics.sourcePaused.set({ source }, 1);
      await whileShut();
      await pause(LOOK_MS, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
    }
    this.#metrics.sourcePaused.set({ source }, 0);
  }
}
