/**
 * Watches how many accepted movements wait to be decided, how old the oldest is and how fast they are decided. Counting a long
 * backlog is dear, so it is counted seldom and kept up to date in between by counters that cost nothing. Looks happen in the
 * background; while the database is away the last figures stand.
 */
import type { Metrics } from "../../platform/metrics.ts";
import type { Db } from "../../platform/postgres.ts";
import { type InboxFlow, inboxFlowRead, oldestUndoneAge, undoneMovementsCount } from "./queries.ts";

/** Time between two looks, at least. */
const FLOW_MS = 1_000;
const OLDEST_MS = 1_000;
const COUNT_MS = 5_000;
/** Looks that take long come the more seldom: each kind may take this share of the time. */
const SHARE_MAX = 0.02;
/** Weight of the last look in the rate. */
const RATE_WEIGHT = 0.3;

interface WatchOptions {
  readonly db: Db;
  readonly metrics: Pick<Metrics, "registry" | "inboxDepth" | "inboxOldestAge" | "inboxDrainRate">;
  /** Counting stops here: of a longer backlog only that is known, and what the counters say. */
  readonly countMax: number;
  /** Movements that this process let in so far, and those of them that are not stored yet. */
  readonly ownMovements?: () => { readonly letIn: number; readonly underWay: number };
}

interface FlowLook extends InboxFlow {
  readonly atMs: number;
}

/** The backlog as a process knows it. */
export class BacklogWatch {
  readonly #options: WatchOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  #isStopped = false;
  #flow: FlowLook | undefined;
  /** The depth at a moment, with the counters of that moment. */
  #counted: (InboxFlow & { readonly depth: number }) | undefined;
  /** Of our own movements, those that the counters of the last look include. */
  #ownIncluded = 0;
  #decidedPerSecond = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
    const { registry, inboxDepth, inboxOldestAge, inboxDrainRate } = options.metrics;
    for (const gauge of [inboxDepth, inboxOldestAge, inboxDrainRate])
      registry.registerMetric(gauge);
    this.#repeat(FLOW_MS, () => this.#lookAtFlow());
    this.#repeat(OLDEST_MS, async () => inboxOldestAge.set(await oldestUndoneAge(options.db)));
    this.#repeat(COUNT_MS, () => this.#count());
  }

  /** Undone movements: what was counted, what the counters tell since, and what this process itself let in since then. */
  get depth(): number {
    const own = this.#options.ownMovements?.().letIn ?? 0;
    return this.#counterDepth() + own - this.#ownIncluded;
  }

  /** Movements decided a second, over the last few seconds. */
  get decidedPerSecond(): number {
    return this.#decidedPerSecond;
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #counterDepth(): number {
    if (this.#counted === undefined || this.#flow === undefined) return 0;
    const cameIn = this.#flow.drawn - this.#counted.drawn;
    const decided = this.#flow.decided - this.#counted.decided;
    return Math.max(0, this.#counted.depth + cameIn - decided);
  }

  async #lookAtFlow(): Promise<FlowLook> {
    const own = this.#options.ownMovements?.();
    const before = this.#flow;
    const flow = { ...(await inboxFlowRead(this.#options.db)), atMs: performance.now() };
    this.#flow = flow;
    if (own !== undefined) this.#ownIncluded = own.letIn - own.underWay;
    if (before !== undefined) this.#learnRate(before, flow);
    this.#options.metrics.inboxDepth.set(this.#counterDepth());
    this.#options.metrics.inboxDrainRate.set(this.#decidedPerSecond);
    return flow;
  }

  #learnRate(before: FlowLook, flow: FlowLook): void {
    const seconds = (flow.atMs - before.atMs) / 1_000;
    if (seconds < FLOW_MS / 2_000) return; // too short to tell a rate from
    // A server that crashed begins its statistics anew.
    const rate = Math.max(0, flow.decided - before.decided) / seconds;
    this.#decidedPerSecond += RATE_WEIGHT * (rate - this.#decidedPerSecond);
  }

  async #count(): Promise<void> {
    const { db, countMax } = this.#options;
    const at = await inboxFlowRead(db);
    const depth = await undoneMovementsCount(db, countMax);
    const isWhole = depth < countMax;
    this.#flow ??= await this.#lookAtFlow();
    this.#counted = { ...at, depth: isWhole ? depth : Math.max(depth, this.#counterDepth()) };
    this.#options.metrics.inboxDepth.set(this.#counterDepth());
  }

  /** Looks at once and then again and again. */
  #repeat(everyMs: number, look: () => Promise<unknown>): void {
    const run = async (): Promise<void> => {
      const begun = performance.now();
      await look().catch(() => undefined); // the database is away: whoever wants to write to it will say so
      const pauseMs = Math.max(everyMs, (performance.now() - begun) / SHARE_MAX);
      if (this.#isStopped) return;
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        void run();
      }, pauseMs);
      timer.unref();
      this.#timers.add(timer);
    };
    void run();
  }
}
