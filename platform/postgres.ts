/**
 * PostgreSQL: pools, one transaction helper, and the only place where SQLSTATEs get a meaning.
 * int8 arrives as number (checked safe), numeric and date as text, timestamptz as Date.
 */
import {
  Client,
  type ClientBase,
  type ClientConfig,
  type CustomTypesConfig,
  escapeLiteral,
  Pool,
  type PoolClient,
  type QueryConfig,
  type QueryResultRow,
  types,
} from "pg";
import { ConflictError, StocklineError, toError, UnavailableError } from "../domain/errors.ts";
import { actingNow } from "./acting.ts";
import type { RotatingPassword } from "./secrets.ts";
import { traceStatements } from "./tracedStatements.ts";
import { isTracing } from "./tracing.ts";

/** A text as a literal of SQL, for the few statements that take no parameters. */
export { escapeLiteral } from "pg";

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
  /**
   * A statement without an answer after this fails on our side and its connection is given up: the server may be gone without a
   * word. Longer than the statement may last. Not for pools that stream (COPY) or lengthen the time-out of single statements.
   */
  readonly answerTimeoutMs?: number;
  /** Takes the place of the URL's password, and is asked for at each new connection. */
  readonly password?: RotatingPassword | undefined;
}

/** Time a connection attempt may take before it counts as failed. */
const CONNECT_TIMEOUT_MS = 5_000;
/** A silent peer of an idle connection is asked for a sign of life after this; without any the connection ends 10 s later. */
const KEEP_ALIVE_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 30_000;

/** What the server does about a client that vanished: it loses its locks within some ten seconds (reliability.md P13). */
const SESSION = {
  timezone: "UTC",
  lock_timeout: "2s",
  idle_in_transaction_session_timeout: "10s",
  tcp_keepalives_idle: "5",
  tcp_keepalives_interval: "5",
  tcp_keepalives_count: "2",
};
/**
 * How long what the server sent may stay unacknowledged. It also ends a client that is there and does not read, which reports
 * do for a while when the storage they write to is slow.
 */
const TCP_USER_TIMEOUT = { stockline_writer: "10s", stockline_reader: "60s" };

/** Makes a pool whose connections work as the given role, with every wait bounded. */
export function createPool(options: PoolOptions): DbPool {
  const { role, answerTimeoutMs, password } = options;
  const session = { role, ...SESSION, tcp_user_timeout: TCP_USER_TIMEOUT[role] };
  const pool = new Pool({
    connectionString: options.url,
    ...(password === undefined ? {} : { Client: clientThatAsks(password) }),
    application_name: options.applicationName,
    max: options.max,
    types: parsers,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    options: Object.entries(session)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(" "),
    statement_timeout: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
    ...(answerTimeoutMs === undefined ? {} : { query_timeout: answerTimeoutMs }),
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it, though its types do not say so
    onConnect: role === "stockline_writer" ? prepareWriter : watchForLostClient,
  });
  // An idle connection that the server closed is dropped by the pool; the next query opens another.
  pool.on("error", () => undefined);
  // One that is lost while a transaction holds it fails the transaction's next statement; unheard it would end the process.
  pool.on("connect", (client) => client.on("error", () => undefined));
  pool.on("connect", noteUnconfirmedCommits);
  if (isTracing()) pool.on("connect", traceStatements);
  if (password !== undefined) retryRefused(pool, password);
  tellAuthors(pool);
  return pool;
}

/** A URL, also one without a password, takes precedence over a password function; set on the client itself it holds. */
function clientThatAsks(password: RotatingPassword): typeof Client {
  return class extends Client {
    constructor(config?: ClientConfig) {
      super(config);
      Object.assign(this, { password: () => password.current() });
    }
  };
}

const PASSWORD_REFUSED = "28P01";
/** About five seconds in all: what a rotation needs between the server and the secret. */
const PASSWORD_TRIES = 6;

/** While a password is replaced the server and the secret may differ for a moment: a refused connection is tried again. */
function retryRefused(pool: Pool, password: RotatingPassword): void {
  const plain = pool.connect.bind(pool) as () => Promise<PoolClient>;
  const connect = async (): Promise<PoolClient> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await plain();
      } catch (thrown) {
        if (sqlState(thrown) !== PASSWORD_REFUSED || attempt >= PASSWORD_TRIES) throw thrown;
        await password.refused(attempt);
      }
    }
  };
  // the pool's own query() calls it with a callback
  const either = (done?: (error: unknown, client?: PoolClient, release?: unknown) => void) => {
    if (done === undefined) return connect();
    // oxlint-disable-next-line promise/no-callback-in-promise -- the pool's own form of this call
    connect().then((client) => done(undefined, client, client.release), done);
    return undefined;
  };
  Object.assign(pool, { connect: either });
}

/**
 * A single changing statement of somebody who acts becomes a transaction that tells the audit triggers who it is; reads and
 * whatever the product does by itself go as they are.
 */
function tellAuthors(pool: Pool): void {
  const plain = pool.query.bind(pool) as (...args: unknown[]) => unknown;
  const query = (...args: unknown[]): unknown => {
    const [config] = args;
    const isChange = isQueryConfig(config) && !/^\s*select\b/i.test(config.text);
    if (args.length !== 1 || !isChange || actingNow() === undefined) return plain(...args);
    return inTransaction(pool, (tx) => tx.query(config));
  };
  Object.assign(pool, { query });
}

function isQueryConfig(value: unknown): value is QueryConfig {
  return typeof value === "object" && value !== null && "text" in value && !("submit" in value);
}

/** Connections on which the server ended a commit without its standby's word: it may be lost by a failover. */
const unconfirmed = new WeakSet<ClientBase>();

/**
 * A commit whose wait for the synchronous standby was cancelled is reported as done, with a warning beside it. The warning is
 * known by the server's routine, which no language setting translates.
 */
function noteUnconfirmedCommits(client: ClientBase): void {
  client.on("notice", ({ routine }) => {
    if (routine === "SyncRepWaitForLSN") unconfirmed.add(client);
  });
}

/**
 * Lets the server look for a lost client also in the middle of a statement. Servers on systems that can't refuse the setting,
 * which costs them no more than this.
 */
async function watchForLostClient(client: ClientBase): Promise<void> {
  await client.query("set client_connection_check_interval = '5s'").catch((thrown: unknown) => {
    if (sqlState(thrown) === undefined) throw thrown;
  });
}

const UNDEFINED_FUNCTION = "42883";

/**
 * Whoever may write first lets the database look whether it was restored since its log was written (migration 0042); a database
 * from before that migration has nothing to look with.
 */
async function prepareWriter(client: ClientBase): Promise<void> {
  await watchForLostClient(client);
  await client.query("select notice_restore()").catch((thrown: unknown) => {
    if (sqlState(thrown) !== UNDEFINED_FUNCTION) throw thrown;
  });
}

interface TransactionOptions {
  /** Default READ COMMITTED: statements after a lock see what was committed before it was won (P3). */
  readonly isolation?: "read committed" | "repeatable read";
  readonly readOnly?: boolean;
  /** Tries after a deadlock or serialization failure. */
  readonly retries?: number;
  /** Past it the connection is given up and UnavailableError thrown; what became of a commit under way is then unknown. */
  readonly deadlineMs?: number;
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
  return onConnection(pool, options.deadlineMs, async (tx, giveUp) => {
    try {
      await tx.query(
        `begin isolation level ${options.isolation ?? "read committed"}` +
          (options.readOnly === true ? " read only" : "") +
          (options.indexProbes === true ? INDEX_PROBES : "") +
          authorSetting(),
      );
      const result = await fn(tx);
      await tx.query("commit");
      return result;
    } catch (thrown) {
      // A connection that is lost has nothing to roll back; one without an answer would not answer this either.
      if (isConnectionLost(thrown)) giveUp(toError(thrown));
      else await tx.query("rollback").catch((failure: unknown) => giveUp(toError(failure)));
      throw thrown;
    }
  });
}

/** Tells the audit triggers who acts; part of the message of `begin`, so it costs no round trip. */
function authorSetting(): string {
  const author = actingNow();
  if (author === undefined) return "";
  return `; set local stockline.acting = ${escapeLiteral(JSON.stringify(author).replaceAll("\0", ""))}`;
}

/**
 * Runs fn on one connection of the pool; `giveUp` closes it instead of handing it back. Past the deadline it is closed whatever
 * it was doing, and UnavailableError thrown: whether the server did what it was asked is then unknown.
 */
export async function onConnection<T>(
  pool: DbPool,
  deadlineMs: number | undefined,
  fn: (client: DbClient, giveUp: (error: Error) => void) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let isHandedBack = false;
  const handBack = (error?: Error): void => {
    if (!isHandedBack) client.release(error);
    isHandedBack = true;
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    if (deadlineMs === undefined) return;
    timer = setTimeout(() => {
      const error = silentFor(deadlineMs);
      handBack(error);
      reject(error);
    }, deadlineMs);
  });
  try {
    const result = await Promise.race([fn(client, handBack), late]);
    if (!unconfirmed.has(client)) return result;
    const error = new UnavailableError({
      code: "commit_unknown",
      detail: "the standby did not confirm the commit; send the same request again",
    });
    handBack(error);
    throw error;
  } finally {
    clearTimeout(timer);
    handBack();
  }
}

/** Code of what onConnection throws past its deadline. */
const SILENT = "database_silent";

function silentFor(deadlineMs: number): UnavailableError {
  return new UnavailableError({
    code: SILENT,
    detail: `the database has not answered for ${deadlineMs / 1_000} seconds; send the same request again`,
  });
}

/** SQLSTATE of a thrown database error, if it is one. */
export function sqlState(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !("code" in thrown)) return undefined;
  const code = String(thrown.code);
  // EPIPE has the form of a SQLSTATE.
  return /^[0-9A-Z]{5}$/.test(code) && !NETWORK_CODES.includes(code) ? code : undefined;
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
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client (has encountered a connection error|was closed))/;

/**
 * True where the server was away, refused, was shutting down or full: the caller may send the same request again.
 * node-postgres raises lost connections as plain errors without a code, so their fixed wording is part of the test.
 */
export function isUnavailable(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if (thrown instanceof UnavailableError) return true;
  if (thrown instanceof AggregateError) return thrown.errors.some((error) => isUnavailable(error));
  const state = sqlState(thrown);
  if (state !== undefined) return /^(08|53|57|58|25006|25P03|55P03|40)/.test(state);
  return isConnectionLost(thrown);
}

/** True where it is our side that says so: the connection failed, or gave no answer in time. */
function isConnectionLost(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || sqlState(thrown) !== undefined) return false;
  if ("code" in thrown && NETWORK_CODES.includes(String(thrown.code))) return true;
  return CONNECTION_MESSAGES.test(thrown.message);
}

/** True where the server gave no sign of life in time; others who wait for it will hardly fare better. */
export function isSilence(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if (thrown instanceof UnavailableError) return thrown.code === SILENT;
  return /^Query read timeout|connection timeout$|^timeout exceeded/.test(thrown.message);
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
