/**
 * The runner of a jobs process: takes pointers from the queue `jobs`, and each second looks for runs that the queue forgot
 * or whose process died. Correct without Redis, only a second slower. Any number of runners may work side by side.
 */
import { toError } from "../../domain/errors.ts";
import { newId } from "../../platform/clock.ts";
import { jobRunsExpire, jobRunsQueued } from "./queries.ts";
import { RUN_ATTEMPTS_MAX, type RunDeps, runJobRun } from "./runJobRun.ts";

const SWEEP_MS = 1_000;
/** Queued runs that one sweep looks at. */
const SWEEP_RUNS_MAX = 100;

type RunnerDeps = Omit<RunDeps, "owner" | "stopping">;

/** Runs job runs in this process. Start the sweep with startSweep(); stop() gives unfinished runs back. */
export class JobRunner {
  readonly #deps: RunDeps;
  readonly #stopping = new AbortController();
  readonly #inFlight = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: RunnerDeps) {
    this.#deps = { ...deps, owner: newId(), stopping: this.#stopping.signal };
  }

  /** Runs a queued run if it can be claimed; safe to call twice, also side by side. Throws when the database is away. */
  run(id: string): Promise<void> {
    const running = this.#inFlight.get(id);
    if (running !== undefined) return running;
    const started = runJobRun(this.#deps, id).finally(() => this.#inFlight.delete(id));
    this.#inFlight.set(id, started);
    return started;
  }

  /** One look: hands on what died, starts what is queued. Answers the ids that it started, without waiting for their ends. */
  async sweep(): Promise<string[]> {
    const expired = await jobRunsExpire(this.#deps.db, RUN_ATTEMPTS_MAX);
    for (const { id, job, status } of expired) {
      this.#deps.log.warn({ run: id, job, status }, "a run's process died or stood still");
      if (status === "failed") this.#deps.metrics.jobRuns.inc({ job, status });
      else this.#deps.metrics.jobRetries.inc({ job });
    }
    const queued = await jobRunsQueued(this.#deps.db, SWEEP_RUNS_MAX);
    const ids = queued.filter((id) => !this.#inFlight.has(id));
    for (const id of ids) this.run(id).catch((thrown: unknown) => this.#warn(thrown));
    return ids;
  }

  /** Sweeps each second until stop(). */
  startSweep(): void {
    const sweep = async (): Promise<void> => {
      await this.sweep().catch((thrown: unknown) => this.#warn(thrown));
      if (!this.#stopping.signal.aborted) this.#timer = setTimeout(() => void sweep(), SWEEP_MS);
    };
    this.#timer = setTimeout(() => void sweep(), 0);
  }

  /** Takes no new runs, asks the running ones to end at their next step, and waits for them. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error("the process stops"));
    clearTimeout(this.#timer);
    await Promise.allSettled(this.#inFlight.values());
  }

  #warn(thrown: unknown): void {
    this.#deps.log.warn({ err: toError(thrown) }, "runs could not be looked for; trying again");
  }
}
