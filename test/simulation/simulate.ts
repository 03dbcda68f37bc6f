/**
 * One simulated run: clients, API processes, workers and publishers, all of them the product's own code (GroupCommit, acceptGroup,
 * LaneScheduler, drainLanes with its fold, publishRound), on a simulated store, network, clock and scheduler. First with faults,
 * then everything heals, and what waits must be done in bounded time. The same seed gives the same run.
 */

import { drainLanes, sweepLanes } from "../../pipelines/apply/index.ts";
import { LaneScheduler } from "../../pipelines/apply/laneScheduler.ts";
import { acceptGroup } from "../../pipelines/intake/acceptGroup.ts";
import { GroupCommit } from "../../pipelines/intake/groupCommit.ts";
import type { Acceptance, MovementCommand } from "../../pipelines/intake/index.ts";
import type { LetterBox } from "../../pipelines/publish/letterBox.ts";
import { publishRound } from "../../pipelines/publish/publishRound.ts";
import type { Log } from "../../platform/log.ts";
import { OPENING } from "../pipelines/apply/modelWorld.ts";
import { Random } from "../support/faultRun.ts";
import { SimBroker } from "./simBroker.ts";
import { SimProcess } from "./simDb.ts";
import { resetIds } from "./simIds.ts";
import { type Mutant, SimStore } from "./simStore.ts";
import { SimTime } from "./simTime.ts";
import { drawRequest, makeSimWorld, type SimWorld } from "./simWorkload.ts";

export interface RunOptions {
  readonly seed: number;
  readonly movements: number;
  readonly mutant: Mutant | null;
}

/** What is left of a run, to be checked. */
export interface SimRun {
  readonly store: SimStore;
  readonly broker: SimBroker;
  /** By id: when it was first sent and when it was acknowledged, in steps of one count. */
  readonly sent: ReadonlyMap<string, { sentAt: number; ackedAt: number }>;
  /** What must not happen and was seen while it ran. */
  readonly seen: readonly string[];
  /** False where something still waited 30 s after all was well. */
  readonly settled: boolean;
  /** A number that two runs share only where every statement was the same at the same time. */
  readonly trace: number;
  readonly faults: number;
  readonly simulatedMs: number;
}

const FAULTS_END_MS = 40_000;
/** I8: once all is well, what waits is done within this. */
const SETTLE_MS = 30_000;
const CLIENTS = 6;

/** Runs a seed to its end. */
export async function simulate(options: RunOptions): Promise<SimRun> {
  resetIds();
  const run = new Simulation(options);
  const letGo = run.time.install();
  try {
    return await run.toEnd();
  } finally {
    letGo();
  }
}

interface Api {
  readonly process: SimProcess;
  readonly accept: (commands: readonly MovementCommand[]) => Promise<Acceptance[]>;
  readonly gone: Promise<never>;
  readonly die: () => void;
}

class Simulation {
  readonly time = new SimTime();
  readonly #seed: number;
  readonly #random: Random;
  readonly #faultRandom: Random;
  readonly #world: SimWorld;
  readonly #store: SimStore;
  readonly #broker: SimBroker;
  readonly #rates = { lost: 0.012, silent: 0.00025, slow: 0.015 };
  readonly #sent = new Map<string, { sentAt: number; ackedAt: number }>();
  readonly #seen: string[] = [];
  readonly #rowsMax: number;
  readonly #lineMax: number;
  readonly #wakeUpsLost: number;
  readonly #apis: Api[] = [];
  readonly #workers: { process: SimProcess; scheduler: LaneScheduler }[] = [];
  readonly #publishers: SimProcess[] = [];
  #isHealed = false;
  #left: number;
  #clientsLeft = CLIENTS;
  #step = 0;
  #trace = 0;
  #faults = 0;

  constructor({ seed, movements, mutant }: RunOptions) {
    this.#seed = seed;
    this.#left = movements;
    this.#random = new Random(`run ${seed}`);
    this.#faultRandom = new Random(`faults ${seed}`);
    this.#world = makeSimWorld(this.#random);
    this.#store = new SimStore(this.time, { mutant, ...this.#world });
    this.#broker = new SimBroker(this.time, new Random(`broker ${seed}`));
    this.#broker.failing = 0.08;
    this.#rowsMax = this.#random.pick([2, 10, 60, 500]);
    this.#lineMax = this.#random.pick([1, 4, 12]);
    this.#wakeUpsLost = this.#random.pick([0, 0.3, 0.95]);
  }

  async toEnd(): Promise<SimRun> {
    for (let n = 0; n < 2; n += 1) {
      this.#startApi(n);
      this.#startWorker(n);
    }
    this.#startPublisher(0);
    for (let n = 0; n < CLIENTS; n += 1) void this.#client(n);
    this.#nextFault();
    await this.time.runUntil(() => this.#left <= 0, FAULTS_END_MS);
    this.#heal();
    const settled = await this.time.runUntil(
      () => this.#clientsLeft === 0 && this.#nothingWaits(),
      this.time.now + SETTLE_MS,
    );
    for (const { process } of [...this.#apis, ...this.#workers]) process.isAlive = false;
    for (const process of this.#publishers) process.isAlive = false;
    return {
      store: this.#store,
      broker: this.#broker,
      sent: this.#sent,
      seen: this.#seen,
      settled,
      trace: this.#trace,
      faults: this.#faults,
      simulatedMs: this.time.now,
    };
  }

  #nothingWaits(): boolean {
    return this.#store.undoneCount() === 0 && this.#store.unsentCount() === 0;
  }

  #process(name: string): SimProcess {
    const note = (what: string): void => {
      const place = Math.floor(this.time.now * 1_000) + what.length;
      this.#trace = (Math.imul(this.#trace ^ place, 0x01000193) + name.length) >>> 0;
    };
    const random = new Random(`${name} ${this.#seed} ${this.#step}`);
    return new SimProcess(this.#store, { random, rates: this.#rates, note });
  }

  #startApi(n: number): void {
    const process = this.#process(`api ${n}`);
    const db = process.pool();
    const wake = (commands: readonly MovementCommand[]): void =>
      this.#wake(commands.map((command) => command.lane));
    const group = new GroupCommit(db, wake);
    let die = (): void => undefined;
    const gone = new Promise<never>((_, reject) => {
      die = () => {
        process.die();
        reject(new Error("connection refused"));
      };
    });
    gone.catch(() => undefined);
    this.#apis[n] = {
      process,
      gone,
      die,
      accept: async (commands) => {
        if ((commands[0]?.groupId ?? null) === null) return group.accept(commands);
        const acceptances = await acceptGroup(db, commands);
        wake(commands);
        return acceptances;
      },
    };
  }

  /** A wake-up goes to one of the workers, or to nobody, or comes late or twice; also when all is well: nothing depends on it. */
  #wake(lanes: readonly number[]): void {
    const random = this.#random;
    const times = random.next() > this.#wakeUpsLost ? 1 : random.pick([0, 0, 0, 2]);
    for (let n = 0; n < times; n += 1) {
      const isLate = random.next() < 0.1;
      const worker = this.#workers[random.between(0, this.#workers.length - 1)];
      this.time.after(random.next() * (isLate ? 900 : 2), () => {
        if (worker?.process.isAlive === true) worker.scheduler.wake(lanes);
      });
    }
  }

  #startWorker(n: number): void {
    const process = this.#process(`worker ${n}`);
    const db = process.pool();
    const scheduler = new LaneScheduler({
      concurrency: 2,
      log: SILENT,
      drain: (lanes, together, stepsMax) =>
        drainLanes(db, { lanes, rowsMax: this.#rowsMax, together, stepsMax }),
      setAside: async (culprit) => {
        this.#seen.push(`a batch can't be written: ${String(culprit.cause)}`);
        return "gone";
      },
      halt: async ({ lanes, cause }) => {
        this.#seen.push(`lanes ${lanes.join()} would be halted: ${String(cause)}`);
      },
      onFailure: () => undefined,
    });
    this.#workers[n] = { process, scheduler };
    if (this.#store.mutant !== "no_sweep") void this.#sweep(process, scheduler);
  }

  async #sweep(process: SimProcess, scheduler: LaneScheduler): Promise<void> {
    const db = process.pool();
    while (process.isAlive) {
      await this.time.pause(1_000);
      if (!process.isAlive) return;
      await sweepLanes(db).then(
        (lanes) => scheduler.wake(lanes),
        () => undefined,
      );
    }
  }

  #startPublisher(n: number): void {
    const process = this.#process(`publisher ${n}`);
    this.#publishers[n] = process;
    void this.#publish(process);
  }

  async #publish(process: SimProcess): Promise<void> {
    const db = process.pool();
    const sink = this.#broker.sink();
    while (process.isAlive) {
      const options = {
        letters: NO_LETTERS,
        callRecordsMax: 25,
        skips: () => false,
        mayGoOn: async () => true,
      };
      const { acknowledged } = await publishRound({ db, sink, ...options }).catch(() => NOTHING);
      await process.reach(acknowledged > 0 ? 2 : 60);
    }
  }

  async #client(n: number): Promise<void> {
    const random = new Random(`client ${n} ${this.#seed}`);
    const done: (readonly MovementCommand[])[] = [];
    for (let isFirst = n === 0; this.#left > 0; isFirst = false) {
      const drawn = drawRequest(random, this.#lineMax);
      const commands = this.#world.maker.make(isFirst ? OPENING_REQUEST : drawn);
      this.#left -= commands.length;
      this.#step += 1;
      for (const { id } of commands) this.#sent.set(id, { sentAt: this.#step, ackedAt: Infinity });
      await this.#sendUntilAcked(random, commands);
      this.#step += 1;
      for (const { id } of commands) this.#ack(id);
      done.push(commands);
      if (random.next() < 0.1) await this.#sendAgain(random, random.pick(done));
      await this.time.pause(random.between(0, 25));
    }
    this.#clientsLeft -= 1;
  }

  #ack(id: string): void {
    const sent = this.#sent.get(id);
    if (sent !== undefined) sent.ackedAt = Math.min(sent.ackedAt, this.#step);
  }

  async #sendUntilAcked(
    random: Random,
    commands: readonly MovementCommand[],
  ): Promise<readonly Acceptance[]> {
    for (;;) {
      const answer = await this.#send(random, commands).catch((thrown: unknown) => {
        const text = String(thrown);
        if (/group_partly_known|not_one_group|assert/i.test(text))
          this.#seen.push(`a client was told: ${text}`);
        return undefined;
      });
      if (answer !== undefined) {
        if (answer.some((one) => one.result === "reused"))
          this.#seen.push("an id was taken for reused");
        return answer;
      }
      await this.time.pause(random.between(10, 250));
    }
  }

  /** What was acknowledged once is known for ever, whichever API is asked. */
  async #sendAgain(random: Random, commands: readonly MovementCommand[]): Promise<void> {
    const answer = await this.#sendUntilAcked(random, commands);
    const isNew = answer.some((one) => one.result === "new");
    if (isNew) this.#seen.push(`acknowledged and then taken as new: ${commands[0]?.id}`);
  }

  async #send(
    random: Random,
    commands: readonly MovementCommand[],
  ): Promise<readonly Acceptance[] | undefined> {
    const api = this.#apis[random.between(0, this.#apis.length - 1)];
    const loses = (): boolean => !this.#isHealed && random.next() < 0.02;
    await this.time.pause(random.next());
    if (api === undefined || !api.process.isAlive || loses()) return undefined;
    const late = this.time.pause(15_000).then(() => undefined);
    const answer = await Promise.race([api.accept(commands), api.gone, late]);
    return loses() ? undefined : answer;
  }

  #nextFault(): void {
    this.time.after(this.#faultRandom.between(20, 700), () => {
      if (this.#isHealed) return;
      this.#faults += 1;
      this.#fault(this.#faultRandom);
      this.#nextFault();
    });
  }

  #fault(random: Random): void {
    const n = random.between(0, 1);
    const laterMs = random.between(5, 1_500);
    const all = [...this.#apis, ...this.#workers].map(({ process }) => process);
    const faults = [
      () => {
        this.#apis[n]?.die();
        this.time.after(laterMs, () => this.#startApi(n));
      },
      () => {
        this.#workers[n]?.process.die();
        this.time.after(laterMs, () => this.#startWorker(n));
      },
      () => this.#workers[n]?.process.freeze(random.pick([30, 30, 300, 300, 2_000, 15_000])),
      () => this.#replacePublisher(random),
      () => [...all, ...this.#publishers].forEach((process) => process.cutAll()),
      () => {
        this.#store.clockOffMs = random.pick([0, -7_200_000, 300_000, 86_400_000]);
      },
    ];
    random.pick(faults)();
  }

  /** The one before is dead, or thinks for a while that it is still the only one. */
  #replacePublisher(random: Random): void {
    const last = this.#publishers.at(-1);
    if (random.next() < 0.6) last?.die();
    else last?.freeze(random.between(10, 2_000));
    this.#startPublisher(this.#publishers.length);
  }

  /** No more faults; what is dead is started, what is frozen thaws. */
  #heal(): void {
    this.#isHealed = true;
    Object.assign(this.#rates, { lost: 0, silent: 0, slow: 0 });
    this.#broker.failing = 0;
    for (const { process } of [...this.#apis, ...this.#workers]) process.thawsAt = 0;
    for (const [n, api] of this.#apis.entries()) if (!api.process.isAlive) this.#startApi(n);
    for (const [n, { process }] of this.#workers.entries()) {
      if (!process.isAlive) this.#startWorker(n);
    }
    for (const process of this.#publishers) process.thawsAt = 0;
    this.#startPublisher(this.#publishers.length);
  }
}

const OPENING_REQUEST = { atomic: false, lines: OPENING };
const NOTHING = { acknowledged: 0 };
/** The simulated broker refuses nothing for ever. */
const NO_LETTERS: LetterBox = {
  heldKeys: async () => new Set(),
  sendDue: async () => ({ sent: 0, sinkFailure: undefined, retryAfterMs: undefined }),
  park: async () => undefined,
};
const SILENT = { warn: () => undefined, error: () => undefined } as unknown as Log;
