/**
 * PostgreSQL: pools, one transaction helper, and the only place where SQLSTATEs get a meaning.
 * int8 arrives as number (checked safe), numeric and date as text, timestamptz as Date.
 */
import {
  type CustomTypesConfig,
  Pool,
  type PoolClient,
  type QueryConfig,
  type QueryResultRow,
  types,
} from "pg";
import { ConflictError, StocklineError, toError, UnavailableError } from "../domain/errors.ts";

/** What a query function takes: a pool, or the client of a transaction. */
export interface Db {
  query<Row extends QueryResultRow>(
    query: QueryConfig,
  ): Promise<{ rows: Row[]; rowCount: number | null }>;
}
export type DbPool = Pool;
export type DbClient = PoolClient;

const OID_INT8 = 20;
const OID_DATE = 1082;

const parsers: CustomTypesConfig = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    if (oid === OID_INT8) return parseCount;
    if (oid === OID_DATE) return (text: string) => text;
    return types.getTypeParser(oid, format);
  },
};

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count)) throw new RangeError(`int8 ${text} is past 2^53`);
  return count;
}

interface PoolOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly max: number;
  /** The role to work as; a login that is a member takes its rights and no more. */
  readonly role: "stockline_writer" | "stockline_reader";
  readonly statementTimeoutMs?: number;
}

/** Time a connection attempt may take before it counts as failed. */
const CONNECT_TIMEOUT_MS = 5_000;
/** A client that vanished inside a transaction loses its locks after this (reliability.md P13). */
const IDLE_IN_TRANSACTION_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 30_000;
const LOCK_TIMEOUT_MS = 5_000;

/** Makes a pool whose connections work as the given role, with every wait bounded. */
export function createPool(options: PoolOptions): DbPool {
  const pool = new Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.max,
    types: parsers,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    options: `-c role=${options.role} -c timezone=UTC -c lock_timeout=${LOCK_TIMEOUT_MS}`,
    statement_timeout: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  });
  // An idle connection that the server closed is dropped by the pool; the next query opens another.
  pool.on("error", () => undefined);
  // One that is lost while a transaction holds it fails the transaction's next statement; unheard it would end the process.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

interface TransactionOptions {
  /** Default READ COMMITTED: statements after a lock see what was committed before it was won (P3). */
  readonly isolation?: "read committed" | "repeatable read";
  readonly readOnly?: boolean;
  /** Tries after a deadlock or serialization failure. */
  readonly retries?: number;
  /** Holds the plans of its statements to index probes, whatever the statistics say (see INDEX_PROBES). */
  readonly indexProbes?: boolean;
}

/**
 * A statement that was planned while a table was empty, or analysed empty, scans it whole for as long as its plan is kept, also
 * when the table has become large. Sent in one message with `begin`, so it costs no round trip.
 */
const INDEX_PROBES = [
  "enable_seqscan",
  "enable_bitmapscan",
  "enable_hashjoin",
  "enable_mergejoin",
  "jit",
]
  .map((setting) => `; set local ${setting} = off`)
  .join("");

/** Runs fn in one transaction; commits when it answers, rolls back when it throws. Deadlocks are retried. */
export async function inTransaction<T>(
  pool: DbPool,
  fn: (tx: DbClient) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const retries = options.retries ?? 3;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await runTransaction(pool, fn, options);
    } catch (thrown) {
      if (attempt >= retries || !isConflictOfLocks(thrown)) throw thrown;
    }
  }
}

async function runTransaction<T>(
  pool: DbPool,
  fn: (tx: DbClient) => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  try {
    await tx.query(
      `begin isolation level ${options.isolation ?? "read committed"}` +
        (options.readOnly === true ? " read only" : "") +
        (options.indexProbes === true ? INDEX_PROBES : ""),
    );
    const result = await fn(tx);
    await tx.query("commit");
    return result;
  } catch (thrown) {
    await tx.query("rollback").catch((failure: unknown) => {
      broken = toError(failure);
    });
    throw thrown;
  } finally {
    tx.release(broken);
  }
}

/** SQLSTATE of a thrown database error, if it is one. */
export function sqlState(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" && /^[0-9A-Z]{5}$/.test(thrown.code)
    ? thrown.code
    : undefined;
}

/** Name of the constraint that a database error reports, if any. */
export function violatedConstraint(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !("constraint" in thrown)) return undefined;
  return typeof thrown.constraint === "string" ? thrown.constraint : undefined;
}

/** True for deadlock and serialization failures: the same transaction may simply be run again. */
function isConflictOfLocks(thrown: unknown): boolean {
  return ["40001", "40P01"].includes(sqlState(thrown) ?? "");
}

const NETWORK_CODES = [
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EHOSTUNREACH",
];
const CONNECTION_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/**
 * True where the server was away, refused, was shutting down or full: the caller may send the same request again.
 * node-postgres raises lost connections as plain errors without a code, so their fixed wording is part of the test.
 */
export function isUnavailable(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if (thrown instanceof AggregateError) return thrown.errors.some((error) => isUnavailable(error));
  const state = sqlState(thrown);
  if (state !== undefined) return /^(08|53|57|58|25006|55P03|40)/.test(state);
  if ("code" in thrown && NETWORK_CODES.includes(String(thrown.code))) return true;
  return CONNECTION_MESSAGES.test(thrown.message);
}

/** Turns a database failure into one of our own family; what is not understood stays as it is. */
export function fromDatabase(thrown: unknown): Error {
  if (thrown instanceof StocklineError) return thrown;
  if (isUnavailable(thrown)) {
    return new UnavailableError({
      code: "database_unavailable",
      detail: "the database is not reachable or busy; send the same request again",
      cause: thrown,
    });
  }
  if (sqlState(thrown) === "23505") {
    return new ConflictError({
      code: "already_exists",
      detail: `the rule "${violatedConstraint(thrown) ?? "unique"}" is violated: such an entry exists already`,
      cause: thrown,
    });
  }
  return toError(thrown);
}
