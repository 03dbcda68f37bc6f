/** Pools and transactions when the server ends a connection. */
import { expect, test } from "vitest";
import { inTransaction } from "../../platform/postgres.ts";
import { useTestDatabase } from "../support/useTestDatabase.ts";
import { waitFor } from "../support/waitFor.ts";

const own = useTestDatabase(3);

test("a connection lost between two statements of a transaction fails it, not the process", async () => {
  const work = inTransaction(own.db, async (tx) => {
    const { rows } = await tx.query<{ pid: number }>("select pg_backend_pid() as pid");
    const ended = new Promise((resolve) => tx.once("end", resolve));
    await own.db.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
    await ended;
    await tx.query("select 1");
  });
  await expect(work).rejects.toThrow(/not queryable|Connection terminated|connection error/);
  const { rows } = await waitFor("the pool to work on", () => own.db.query("select 1 as one"));
  expect(rows).toEqual([{ one: 1 }]);
});
