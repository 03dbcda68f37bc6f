/**
 * The whole engine against the one-at-a-time oracle: every type of movement, atomic groups, several clients and several drainers
 * at once, and drainers whose connection dies in the middle. docs/simulation.md tells how to run more, and how to repeat a run.
 */
import fc from "fast-check";
import type { QueryConfig } from "pg";
import { beforeAll, expect, inject, test } from "vitest";
import {
  decideAtOnce,
  drainLanes,
  NotAtOnceError,
  sweepLanes,
} from "../../../pipelines/apply/index.ts";
import { acceptGroup } from "../../../pipelines/intake/acceptGroup.ts";
import { appendToInbox, type MovementCommand } from "../../../pipelines/intake/index.ts";
import { newId } from "../../../platform/clock.ts";
import { type DbClient, type DbPool, inTransaction } from "../../../platform/postgres.ts";
import { expectSoundLedger } from "../../support/invariants.ts";
import { expectOracleAgrees } from "../../support/oracle/checkBooks.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";
import { expectSameDetails } from "./modelBooks.ts";
import {
  CommandMaker,
  clients,
  makeWorld,
  OPENING,
  PLAIN,
  type Request,
  type World,
} from "./modelWorld.ts";

/** Rounds of drainers after which a backlog counts as stuck. */
const ROUNDS_MAX = 400;

const own = useTestDatabase(16);
let db: DbPool;
beforeAll(async () => {
  db = own.db;
  await db.query(
    "insert into closed_periods (month, closed_by) values ('2019-11-01', 'tester') on conflict do nothing",
  );
});

/** How one run drains: rows of a batch, and after how many statements each next transaction loses its connection. */
const drains = fc.record({
  rowsMax: fc.constantFrom(1, 2, 3, 7, 256),
  deaths: fc.array(fc.integer({ min: 1, max: 14 }), { maxLength: 6 }),
});

test("random concurrent movements of every type end as the oracle says, whatever the batches and whoever dies", async () => {
  const { runs, seed: given } = inject("model");
  const seed = given === null ? {} : { seed: given };
  await fc.assert(
    fc.asyncProperty(clients, drains, async (sent, { rowsMax, deaths }) => {
      const world = await makeWorld(db);
      const lanes = [...new Set(world.items.map((item) => item.lane))];
      const mortal = withDeaths(db, [...deaths]);
      const maker = new CommandMaker(world);
      await appendToInbox(db, maker.make({ atomic: false, lines: OPENING }));
      const drain = () => drainRound(mortal, { lanes, rowsMax });
      await Promise.all([...sent.map((requests) => send(maker, requests)), drain(), drain()]);
      await drainAll(world, drain);
      const items = world.items.map((item) => item.id);
      await expectSameDetails(db, await expectOracleAgrees(db, items), items);
    }),
    { numRuns: runs, endOnFailure: false, interruptAfterTimeLimit: 240_000, ...seed },
  );
  await expectSoundLedger(db);
}, 300_000);

async function send(maker: CommandMaker, requests: readonly Request[]): Promise<void> {
  for (const request of requests) {
    const commands = maker.make(request);
    if (request.atomic) await acceptGroup(db, commands);
    else if (request.atOnce === "placed" || request.atOnce === "fresh") {
      await sendAtOnce(commands, { isFresh: request.atOnce === "fresh" });
    } else await inTransaction(db, (tx) => appendToInbox(tx, commands));
  }
}

/** Decides the commands where they are sent, as their lanes get free; leaves them to the drainers where that can't be. */
async function sendAtOnce(
  commands: readonly MovementCommand[],
  { isFresh }: { readonly isFresh: boolean },
): Promise<void> {
  let left = commands;
  const decide = async (tx: DbClient) => {
    const { acceptances } = await decideAtOnce(tx, { commands: left, isFresh: () => isFresh });
    const isDone = (_command: MovementCommand, nth: number) => acceptances[nth] !== undefined;
    if (isFresh) await keepForOracle(tx, left.filter(isDone));
    return left.filter((command, nth) => !isDone(command, nth));
  };
  try {
    while (left.length > 0) left = await inTransaction(db, decide, { indexProbes: true });
  } catch (thrown) {
    if (!(thrown instanceof NotAtOnceError)) throw thrown;
    await inTransaction(db, (tx) => appendToInbox(tx, left));
  }
}

/** The oracle reads what was accepted from the inbox, where these never were. */
async function keepForOracle(tx: DbClient, commands: readonly MovementCommand[]): Promise<void> {
  const rows = commands.map((command) => ({
    ...Object.fromEntries(
      Object.entries(command).map(([name, value]) => [
        name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        value,
      ]),
    ),
    body_hash: `\\x${command.bodyHash.toString("hex")}`,
    seq: 0,
    xid: "3",
    accepted_at: new Date(),
  }));
  await tx.query({
    text: `insert into movement_inbox overriding system value
      select (jsonb_populate_recordset(null::movement_inbox, $1::jsonb)).*`,
    values: [JSON.stringify(rows)],
  });
}

interface DrainOptions {
  readonly lanes: readonly number[];
  readonly rowsMax: number;
}

/** One batch of the lanes, then one of each set of lanes that a group waits for; a lost connection ends the round. */
async function drainRound(pool: DbPool, { lanes, rowsMax }: DrainOptions): Promise<void> {
  try {
    const { joint } = await drainLanes(pool, { lanes, rowsMax });
    for (const set of joint) await drainLanes(pool, { lanes: set, rowsMax, together: true });
  } catch (thrown) {
    if (!(thrown instanceof Error) || !thrown.message.startsWith("Connection terminated"))
      throw thrown;
  }
}

async function drainAll(world: World, drain: () => Promise<void>): Promise<void> {
  const items = world.items.map((item) => item.id);
  for (let round = 0; (await undone(items)) > 0; round += 1) {
    expect(round, "rounds of drainers, and movements still wait").toBeLessThan(ROUNDS_MAX);
    await Promise.all([drain(), drain(), drain(), ...(round % 4 === 0 ? [sweepLanes(db)] : [])]);
  }
}

async function undone(items: readonly string[]): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    `select count(*) as n from movement_inbox i
     where i.item_id = any($1) and not exists (select from movement_outcomes o where o.id = i.id)`,
    [items],
  );
  return rows[0]?.n ?? 0;
}

/**
 * The pool, but each connection it gives out dies after the next number of statements in the list, without a word to the server:
 * the statement in flight may or may not be done, a commit among them.
 */
function withDeaths(pool: DbPool, deaths: number[]): DbPool {
  const connect = async (): Promise<DbClient> => {
    const client = await pool.connect();
    const left = deaths.shift();
    return left === undefined ? client : mortalClient(client, left);
  };
  return { connect } as unknown as DbPool;
}

function mortalClient(client: DbClient, statements: number): DbClient {
  let left = statements;
  const query = (asked: string | QueryConfig): Promise<unknown> => {
    const answer = typeof asked === "string" ? client.query(asked) : client.query(asked);
    left -= 1;
    if (left === 0) streamOf(client).destroy();
    return answer;
  };
  const release = (error?: Error): void => client.release(error);
  return { query, release } as unknown as DbClient;
}

/** The socket of a connection; node-postgres keeps it where its types do not say. */
function streamOf(client: DbClient): { destroy(): void } {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } };
  return connection.stream;
}

test("a reservation may last as long as a client can write, and does not stop its lane", async () => {
  const world = await makeWorld(db);
  const maker = new CommandMaker(world);
  const [receipt, reserve] = maker.make({
    atomic: false,
    lines: [
      { ...PLAIN, type: "receipt" },
      { ...PLAIN, type: "reserve" },
    ],
  });
  if (receipt === undefined || reserve === undefined) throw new Error("two lines, two commands");
  const endless = new Date("9999-12-31T23:59:59.999-12:00");
  await appendToInbox(db, [receipt, { ...reserve, expiresAt: endless }]);
  await drainAll(world, () => drainRound(db, { lanes: [receipt.lane], rowsMax: 10 }));
  const { rows } = await db.query("select expires_at from reservations where id = $1", [
    reserve.id,
  ]);
  expect(rows).toEqual([{ expires_at: endless }]);
});

test("the mark of the next expiry is kept when a later reservation lapses and is released in one batch", async () => {
  const world = await makeWorld(db);
  const maker = new CommandMaker(world);
  const lines = (["receipt", "reserve", "reserve"] as const).map((type) => ({ ...PLAIN, type }));
  const [receipt, first, second] = maker.make({ atomic: false, lines });
  if (receipt === undefined || first === undefined || second === undefined)
    throw new Error("three");
  const drain = () => drainRound(db, { lanes: [receipt.lane], rowsMax: 10 });
  const inAnHour = new Date(Date.now() + 3_600_000);
  await appendToInbox(db, [receipt, { ...first, quantity: "1", expiresAt: inAnHour }]);
  await drainAll(world, drain);
  const gone = { ...second, quantity: "1", expiresAt: new Date(Date.now() - 1_000) };
  const release = {
    ...gone,
    id: newId(),
    type: "release" as const,
    targetId: gone.id,
    expiresAt: null,
  };
  await appendToInbox(db, [gone, release]);
  await drainAll(world, drain);
  const { rows } = await db.query(
    "select reserved, next_expiry from stock_levels where item_id = $1",
    [receipt.itemId],
  );
  expect(rows).toEqual([{ reserved: "1.0000", next_expiry: inAnHour }]);
});
