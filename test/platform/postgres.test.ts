/** Pools and transactions: their time-outs, and what they do when a connection is lost or the server goes silent. */
import { expect, onTestFinished, test } from "vitest";
import { createPool, inTransaction, isUnavailable } from "../../platform/postgres.ts";
import { startTcpProxy } from "../support/tcpProxy.ts";
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

test.each([
  ["stockline_writer", "10000"],
  ["stockline_reader", "60000"],
] as const)(
  "connections of %s bound every wait on the server's side",
  async (role, userTimeout) => {
    const url = role === "stockline_writer" ? own.database.writerUrl : own.database.readerUrl;
    const pool = createPool({ url, applicationName: "test", max: 1, role });
    onTestFinished(() => pool.end());
    const { rows } = await pool.query<{ name: string; setting: string }>(`
    select name, current_setting(name) as setting
    from pg_settings
    where name like 'tcp_%' or name like '%_timeout' or name in ('TimeZone', 'client_connection_check_interval')`);
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toMatchObject({
      TimeZone: "UTC",
      statement_timeout: "30s",
      lock_timeout: "2s",
      idle_in_transaction_session_timeout: "10s",
      tcp_keepalives_idle: "5",
      tcp_keepalives_interval: "5",
      tcp_keepalives_count: "2",
      tcp_user_timeout: userTimeout,
      client_connection_check_interval: "5s",
    });
  },
);

/** A pool of one connection whose server can be made to go silent. */
async function silenceablePool(answerTimeoutMs?: number) {
  const proxy = await startTcpProxy(Number(new URL(own.database.writerUrl).port));
  const pool = createPool({
    url: proxy.through(own.database.writerUrl),
    applicationName: "test",
    max: 1,
    role: "stockline_writer",
    ...(answerTimeoutMs === undefined ? {} : { answerTimeoutMs }),
  });
  onTestFinished(async () => {
    await proxy.close();
    await pool.end();
  });
  await pool.query("select 1");
  return { proxy, pool };
}

test("a statement to a server that has gone silent fails as unavailable, and the pool recovers with the network", async () => {
  const { proxy, pool } = await silenceablePool(500);
  proxy.blackHole();
  const thrown: unknown = await pool.query("select 1").catch((error: unknown) => error);
  expect(isUnavailable(thrown)).toBe(true);
  proxy.heal();
  await waitFor("the pool to work on", () => pool.query("select 1"));
});

test("a transaction past its deadline is given up together with its connection", async () => {
  const { proxy, pool } = await silenceablePool();
  const work = inTransaction(
    pool,
    async (tx) => {
      proxy.blackHole();
      await tx.query("select 1");
    },
    { deadlineMs: 200 },
  );
  await expect(work).rejects.toMatchObject({ code: "database_silent", retriable: true });
  expect(pool.totalCount).toBe(0);
  proxy.heal();
  expect((await pool.query("select 2 as two")).rows).toEqual([{ two: 2 }]);
});

test("a broken pipe is a lost connection, though its code looks like a SQLSTATE", () => {
  expect(isUnavailable(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }))).toBe(true);
});
