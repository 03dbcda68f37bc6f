/** Group commit: concurrent callers, repeated and reused ids, a poison row, a database that goes away. */
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { GroupCommit } from "../../../pipelines/intake/groupCommit.ts";
import type { MovementCommand } from "../../../pipelines/intake/index.ts";
import { newId } from "../../../platform/clock.ts";
import { createPool, type DbPool } from "../../../platform/postgres.ts";
import { type SeededItem, seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { toTestCommand } from "../../support/command.ts";
import { startTcpProxy } from "../../support/tcpProxy.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";

const own = useTestDatabase(4);
let db: DbPool;
let item: SeededItem;
let warehouse: string;
beforeAll(async () => {
  db = own.db;
  [item = { id: "", sku: "", lane: 0 }] = await seedItems(db, ["A"]);
  [warehouse = ""] = await seedWarehouses(db, ["MAIN"]);
});

function aCommand(fields: Partial<MovementCommand> = {}): MovementCommand {
  return toTestCommand({
    itemId: item.id,
    warehouseId: warehouse,
    lane: item.lane,
    ...fields,
  });
}

async function storedIds(ids: readonly string[]): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    "select count(*) as n from movement_inbox where id = any($1)",
    [ids],
  );
  return rows[0]?.n ?? 0;
}

test("a thousand concurrent callers are each answered after their own movement is stored", async () => {
  const committed: number[] = [];
  const group = new GroupCommit(db, (commands) => committed.push(commands.length));
  const commands = Array.from({ length: 1_000 }, () => aCommand());
  const answers = await Promise.all(commands.map((command) => group.accept([command])));
  expect(answers.flat()).toEqual(commands.map(({ id }) => ({ id, result: "new" })));
  expect(await storedIds(commands.map(({ id }) => id))).toBe(1_000);
  expect(committed.length).toBeLessThan(1_000);
});

test("a hundred callers with one id and one body store one movement", async () => {
  const group = new GroupCommit(db, () => undefined);
  const id = newId();
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => group.accept([aCommand({ id })])),
  );
  const results = answers.flat().map((answer) => answer.result);
  expect(results.filter((result) => result === "new")).toHaveLength(1);
  expect(results.filter((result) => result === "repeat")).toHaveLength(99);
  expect(await storedIds([id])).toBe(1);
});

test("a hundred callers with one id and a hundred bodies have one winner, for ever the same", async () => {
  const group = new GroupCommit(db, () => undefined);
  const id = newId();
  const commands = Array.from({ length: 100 }, (_, n) => aCommand({ id, quantity: String(n + 1) }));
  const answers = (await Promise.all(commands.map((command) => group.accept([command])))).flat();
  const winner = answers.findIndex((answer) => answer.result === "new");
  expect(answers.filter((answer) => answer.result === "reused")).toHaveLength(99);
  const again = (await Promise.all(commands.map((command) => group.accept([command])))).flat();
  expect(again.map((answer) => answer.result)).toEqual(
    commands.map((_, n) => (n === winner ? "repeat" : "reused")),
  );
});

test("one row that the database refuses fails alone; its neighbours in the group are stored", async () => {
  const group = new GroupCommit(db, () => undefined);
  const good = Array.from({ length: 40 }, () => aCommand());
  const poison = aCommand({ reason: "nul \u0000 byte" });
  const settled = await Promise.allSettled(
    [...good.slice(0, 20), poison, ...good.slice(20)].map((command) => group.accept([command])),
  );
  expect(settled.filter((one) => one.status === "rejected")).toHaveLength(1);
  expect(settled[20]?.status).toBe("rejected");
  expect(await storedIds(good.map(({ id }) => id))).toBe(40);
});

test("a database that is away is an UnavailableError that asks for the same ids again", async () => {
  const away = createPool({
    url: "postgres://nobody@127.0.0.1:1/none",
    applicationName: "test",
    max: 1,
    role: "stockline_writer",
  });
  const group = new GroupCommit(away, () => undefined);
  await expect(group.accept([aCommand()])).rejects.toMatchObject({
    code: "commit_unknown",
    retriable: true,
  });
  await away.end();
});

test("a database that goes silent is told to every caller in time, also to those still waiting; then the same ids are safe", async () => {
  const proxy = await startTcpProxy(Number(new URL(own.database.writerUrl).port));
  const pool = createPool({
    url: proxy.through(own.database.writerUrl),
    applicationName: "test",
    max: 2,
    role: "stockline_writer",
  });
  onTestFinished(async () => {
    await proxy.close();
    await pool.end();
  });
  const patient = new GroupCommit(pool, () => undefined);
  await patient.accept([aCommand()]);
  const group = new GroupCommit(pool, () => undefined, 300);
  proxy.blackHole();
  const lots = Array.from({ length: 6 }, () => Array.from({ length: 400 }, () => aCommand()));
  const settled = await Promise.allSettled(lots.map((commands) => group.accept(commands)));
  const codes = settled.map((one) => (one.status === "rejected" ? one.reason.code : "stored"));
  expect(codes[0]).toBe("commit_unknown");
  expect(codes.slice(1)).toEqual(
    codes.slice(1).map(() => expect.stringMatching(/^(commit_unknown|database_unavailable)$/)),
  );
  expect(codes).toContain("database_unavailable");
  expect(group.underWay).toBe(0);
  proxy.heal();
  const again = (await Promise.all(lots.map((commands) => patient.accept(commands)))).flat();
  expect(again).toHaveLength(2_400);
  const ids = lots.flat().map(({ id }) => id);
  expect(await storedIds(ids)).toBe(2_400);
});
