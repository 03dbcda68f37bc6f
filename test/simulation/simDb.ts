/**
 * Pool and connections to the simulated store, with a network between: delays, connections that die before or after the server
 * did what it was asked (commit unknown), peers that fall silent. One for each simulated process; a dead process hears nothing.
 */
import type { Db, DbPool } from "../../platform/postgres.ts";
import type { Random } from "../support/faultRun.ts";
import { SimPgError, type SimStore, type Statement, Tx } from "./simStore.ts";

/** What the statements of the product's queries become: they run in the connection's transaction, or in one of their own. */
export interface SimDb {
  readonly store: SimStore;
  readonly random: Random;
  /** One that may have to wait. */
  statement<T>(name: string, run: (tx: Tx) => Statement<T>): Promise<T>;
  /** One that is done at once. */
  answer<T>(name: string, run: (tx: Tx) => T): Promise<T>;
}

/** The simulated side of what the product calls a Db. */
export function simDb(db: Db): SimDb {
  return db as unknown as SimDb;
}

export interface Network {
  readonly random: Random;
  /** From 0 (none) on; each is the probability for one statement. */
  readonly rates: { lost: number; silent: number; slow: number };
  /** Told of each statement that the server took: the run's trace. */
  readonly note: (what: string) => void;
}

const LOCK_TIMEOUT_MS = 2_000;
const ANSWER_TIMEOUT_MS = 5_000;
const IDLE_IN_TRANSACTION_MS = 10_000;

/** A process: what runs in it stops for good when it dies, and for a while when it is frozen. */
export class SimProcess {
  isAlive = true;
  thawsAt = 0;
  readonly store: SimStore;
  readonly network: Network;
  readonly #connections = new Set<SimConnection>();

  constructor(store: SimStore, network: Network) {
    this.store = store;
    this.network = network;
  }

  /** The process's pool, in the product's eyes. */
  pool(): DbPool {
    const pool = {
      store: this.store,
      random: this.network.random,
      connect: async () => {
        await this.reach(this.network.random.next());
        const connection = new SimConnection(this);
        this.#connections.add(connection);
        return connection;
      },
      statement: <T>(name: string, run: (tx: Tx) => Statement<T>) =>
        this.#alone((connection) => connection.statement(name, run)),
      answer: <T>(name: string, run: (tx: Tx) => T) =>
        this.#alone((connection) => connection.answer(name, run)),
    };
    return pool as unknown as DbPool;
  }

  /** On a connection of its own, for a statement without a transaction around it. */
  async #alone<T>(run: (connection: SimConnection) => Promise<T>): Promise<T> {
    const connection = new SimConnection(this);
    this.#connections.add(connection);
    try {
      return await run(connection);
    } finally {
      connection.release();
    }
  }

  /** Takes its time; a dead process never comes to the end of it. */
  async reach(ms: number): Promise<void> {
    const { time } = this.store;
    await time.pause(ms);
    while (this.isAlive && this.thawsAt > time.now) await time.pause(this.thawsAt - time.now);
    if (!this.isAlive) await new Promise<never>(() => undefined);
  }

  /** Ends at once; the server notices its connections one by one. */
  die(): void {
    this.isAlive = false;
    for (const connection of this.#connections) {
      this.store.time.after(this.network.random.between(0, 40), () => connection.cut());
    }
  }

  /** Stands still; transactions that wait for it too long are ended by the server. */
  freeze(ms: number): void {
    this.thawsAt = this.store.time.now + ms;
    for (const connection of this.#connections) connection.cutWhenIdle();
  }

  /** Every connection is lost, whatever it was doing: the server went down and came back. */
  cutAll(): void {
    for (const connection of this.#connections) connection.cut();
  }

  forget(connection: SimConnection): void {
    this.#connections.delete(connection);
  }
}

class SimConnection implements SimDb {
  readonly store: SimStore;
  readonly random: Random;
  readonly #process: SimProcess;
  #tx: Tx | null = null;
  #isCut = false;
  #statements = 0;

  constructor(process: SimProcess) {
    this.#process = process;
    this.store = process.store;
    this.random = process.network.random;
  }

  /** begin, commit, rollback: all else comes by `statement`. */
  async query(text: string): Promise<void> {
    const word = text.split(" ", 1)[0] ?? "";
    await this.#exchange(word, () => this.#control(word));
  }

  async #control(word: string): Promise<void> {
    if (word === "begin") {
      this.#tx = new Tx();
      return;
    }
    const tx = this.#tx;
    this.#tx = null;
    if (tx === null) return;
    if (word === "commit") this.store.commit(tx);
    else this.store.rollBack(tx);
  }

  statement<T>(name: string, run: (tx: Tx) => Statement<T>): Promise<T> {
    return this.#exchange(name, () => this.#inTx(name, (tx) => this.#run(tx, run)));
  }

  answer<T>(name: string, run: (tx: Tx) => T): Promise<T> {
    return this.#exchange(name, () =>
      this.#inTx(name, async (tx) => {
        if (tx.isOver) throw lost();
        return run(tx);
      }),
    );
  }

  /** In the transaction that is open, or in one for this statement. */
  async #inTx<T>(name: string, run: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.#tx !== null) return run(this.#tx);
    const own = new Tx();
    try {
      const result = await run(own);
      this.#commitOwn(name, own);
      return result;
    } catch (thrown) {
      this.store.rollBack(own);
      throw thrown;
    }
  }

  #commitOwn(name: string, tx: Tx): void {
    const { random } = this.#process.network;
    if (this.store.mutant === "ack_before_commit" && name === "movement_inbox_insert") {
      const isLost = random.next() < this.#process.network.rates.lost;
      this.store.time.after(20, () => (isLost ? this.store.rollBack(tx) : this.store.commit(tx)));
      return;
    }
    this.store.commit(tx);
  }

  /** One request and its answer. */
  async #exchange<T>(name: string, serve: () => Promise<T>): Promise<T> {
    const { network } = this.#process;
    const { random, rates } = network;
    const { time } = this.store;
    this.#statements += 1;
    const isSlow = random.next() < rates.slow;
    await this.#process.reach(isSlow ? random.between(5, 1_500) : 0.1 + random.next());
    const fate = random.next();
    if (fate < rates.lost / 2) this.cut();
    if (this.#isCut) throw lost();
    network.note(name);
    if (fate > 1 - rates.silent)
      return this.#fallSilent(fate > 1 - rates.silent / 2 ? serve : null);
    const result = await serve().catch(async (thrown: unknown) => {
      if (!this.#process.isAlive) await this.#process.reach(0);
      throw thrown;
    });
    const isAnswerLost = fate < rates.lost;
    if (isAnswerLost) this.cut();
    if (!this.#process.isAlive || this.#process.thawsAt > time.now) await this.#process.reach(0);
    if (isAnswerLost || this.#isCut) throw lost();
    return result;
  }

  /** The network swallows everything: the server waits for us as we wait for it. */
  async #fallSilent(serve: (() => Promise<unknown>) | null): Promise<never> {
    await serve?.().catch(() => undefined);
    this.cutWhenIdle();
    await this.#process.reach(ANSWER_TIMEOUT_MS);
    throw new Error("Query read timeout");
  }

  async #run<T>(tx: Tx, run: (tx: Tx) => Statement<T>): Promise<T> {
    const steps = run(tx);
    for (;;) {
      if (tx.isOver) throw lost();
      const step = steps.next();
      if (step.done === true) return step.value;
      if (typeof step.value === "number") await this.store.time.pause(step.value);
      else await this.#waitFor(tx, step.value);
    }
  }

  async #waitFor(tx: Tx, blocker: Tx): Promise<void> {
    for (let other: Tx | null = blocker; other !== null; other = other.waitsFor) {
      if (other === tx) throw new SimPgError("40P01", "deadlock detected");
    }
    tx.waitsFor = blocker;
    const isFree = await new Promise<boolean>((resolve) => {
      const timer = this.store.time.after(LOCK_TIMEOUT_MS, () => resolve(false));
      blocker.waiting.push(() => {
        timer.isOff = true;
        resolve(true);
      });
    });
    tx.waitsFor = null;
    if (!isFree) throw new SimPgError("55P03", "canceling statement due to lock timeout");
  }

  /** The server ends the transaction, if one is open. */
  cut(): void {
    this.#isCut = true;
    if (this.#tx !== null) this.store.rollBack(this.#tx);
  }

  cutWhenIdle(): void {
    const statements = this.#statements;
    this.store.time.after(IDLE_IN_TRANSACTION_MS, () => {
      if (this.#statements === statements) this.cut();
    });
  }

  release(error?: Error): void {
    if (error !== undefined && !error.message.startsWith("Query read timeout")) this.cut();
    this.#process.forget(this);
  }
}

function lost(): Error {
  return new Error("Connection terminated unexpectedly");
}
