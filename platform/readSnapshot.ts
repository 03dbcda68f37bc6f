/**
 * One consistent read of the database for work that streams its rows out while it reads (reports). The transaction is
 * repeatable read and read only, and takes one core of the server at most; after a failure its connection is closed, since a COPY
 * may still be on the way in it.
 */
import type { Readable } from "node:stream";
import { to as copyTo } from "pg-copy-streams";
import { toError } from "../domain/errors.ts";
import type { Db, DbPool } from "./postgres.ts";

/** The open snapshot. */
export interface Snapshot {
  readonly db: Db;
  /** Streams the bytes of a `copy (…) to stdout` statement; the stream must be read to its end or destroyed. */
  copyOut(statement: string): CopyOut;
}

export interface CopyOut {
  readonly stream: Readable;
  /** Rows copied, as the server counted them; known once the snapshot has ended. */
  rowCount(): number;
}

/** Runs fn inside a snapshot of the pool's database. */
export async function readSnapshot<T>(
  pool: DbPool,
  fn: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(
      "begin isolation level repeatable read read only; set local max_parallel_workers_per_gather = 0",
    );
    const result = await fn({
      db: client,
      copyOut: (statement) => {
        const stream = client.query(copyTo(statement));
        // whoever reads the stream gets its error; once it is destroyed nobody does, and the connection is closed anyway
        stream.on("error", () => undefined);
        return { stream, rowCount: () => stream.rowCount };
      },
    });
    await client.query("commit");
    return result;
  } catch (thrown) {
    broken = toError(thrown);
    throw broken;
  } finally {
    client.release(broken);
  }
}
