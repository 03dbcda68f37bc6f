/**
 * What must hold after every fault, checked from outside by SQL and by the API: what was accepted is decided once, ledger, levels
 * and events agree to the last row, and the oracle, fed in ledger order, comes to the same outcome for each id.
 */
import { expect } from "vitest";
import { type Db, type DbPool, inTransaction } from "../../../platform/postgres.ts";
import { expectSoundLedger } from "../invariants.ts";
import type { Load } from "../load.ts";
import { waitFor } from "../waitFor.ts";
import type { Oracle, OracleItem, OracleMovement } from "./books.ts";
import { decideTogether } from "./decide.ts";

/** A movement as it was accepted and decided, with the place of its first event. */
interface DecidedRow {
  readonly accepted: Record<string, string | number | boolean | null>;
  readonly status: string;
  readonly code: string | null;
  readonly version: number | null;
  readonly balance_after: string | null;
  readonly decided_at: Date;
  readonly lane: number;
  readonly position: number;
}

interface BooksOptions {
  /** How long the backlog may take once all is well again; the promise is 30 s (I8). */
  readonly settleMs?: number;
}

/** Waits until everything accepted is decided, then checks all of it. */
export async function expectSoundBooks(
  db: DbPool,
  loads: readonly Load[],
  { settleMs = 30_000 }: BooksOptions = {},
): Promise<void> {
  const acked = loads.flatMap((load) => [...load.acked]);
  await waitFor(
    "every accepted movement to be decided",
    async () => (await undoneMovements(db)) === 0,
    {
      timeoutMs: settleMs,
      intervalMs: 50,
    },
  );
  expect(await unknownAmong(db, acked), "acknowledged, but never decided").toEqual([]);
  for (const load of loads) expect(load.refusals.slice(0, 3), "answers nobody expects").toEqual([]);
  // One snapshot: releases of lapsed reservations may be posted and decided at any moment.
  const options = { isolation: "repeatable read", readOnly: true } as const;
  const books = await inTransaction(db, readSoundLedger, options);
  expectReplayAgrees(books);
}

async function readSoundLedger(db: Db): Promise<Books> {
  await expectSoundLedger(db);
  const wrong = await entriesOutOfOrder(db);
  expect(wrong, "entries whose version, position and time differ in order").toBe(0);
  return readBooks(db);
}

/** In each level versions, positions of events and times of recording rise together, whatever clocks and transactions did. */
async function entriesOutOfOrder(db: Db): Promise<number> {
  const { rows } = await db.query<{ n: number }>({
    text: `select count(*) as n from (
        select position <= lag(position) over level or recorded_at < lag(recorded_at) over level as wrong
        from stock_movements
        window level as (partition by item_id, warehouse_id order by version)
      ) e where wrong`,
  });
  return rows[0]?.n ?? 0;
}

/** Accepted movements that have no outcome yet. */
export async function undoneMovements(db: Db): Promise<number> {
  const { rows } = await db.query<{ n: number }>({
    text: `select count(*) as n from movement_inbox i
      where not exists (select from movement_outcomes o where o.id = i.id)`,
  });
  return rows[0]?.n ?? 0;
}

async function unknownAmong(db: Db, ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    text: `select id from unnest($1::uuid[]) as acked (id)
      where not exists (select from movement_outcomes o where o.id = acked.id)`,
    values: [ids],
  });
  return rows.map((row) => row.id);
}

/**
 * Replays the ledger through the oracle; fails with the first movements for which the two differ. Of the given items only, where
 * they are given: no group may reach past them. Answers the oracle as the ledger left it.
 */
export async function expectOracleAgrees(db: Db, items?: readonly string[]): Promise<Oracle> {
  return expectReplayAgrees(await readBooks(db, items));
}

/** What the replay needs of a database, read before it begins: it may take longer than a transaction may stand idle. */
interface Books {
  readonly oracle: Oracle;
  readonly rows: readonly DecidedRow[];
  readonly levels: readonly LevelLine[];
}

async function readBooks(db: Db, items?: readonly string[]): Promise<Books> {
  const oracle = await emptyOracle(db);
  const rows = await decidedRows(db, items);
  return { oracle, rows, levels: await levelsOfLedger(db, items) };
}

function expectReplayAgrees({ oracle, rows, levels }: Books): Oracle {
  const differences: string[] = [];
  for (const unit of inLedgerOrder(rows)) {
    const results = decideTogether(oracle, unit.map(toMovement));
    for (const [place, row] of unit.entries()) {
      const difference = differenceOf(row, results[place]);
      if (difference !== undefined) differences.push(difference);
    }
    if (differences.length >= 5) break;
  }
  expect(differences, "movements that the oracle decides otherwise").toEqual([]);
  expect(levels).toEqual(levelsOfOracle(oracle));
  return oracle;
}

async function emptyOracle(db: Db): Promise<Oracle> {
  const items = await db.query<{ id: string; tracking: OracleItem["tracking"] }>({
    text: "select id, tracking from inventory_items",
  });
  const warehouses = await db.query<{ id: string }>({
    text: "select id from warehouses where allow_negative",
  });
  const closed = await db.query<{ month: string }>({
    text: "select to_char(month, 'YYYY-MM') as month from closed_periods",
  });
  const trackings = new Map(items.rows.map(({ id, tracking }) => [id, tracking]));
  const negative = new Set(warehouses.rows.map(({ id }) => id));
  return {
    items: new Map(),
    mayGoNegative: (warehouse) => negative.has(warehouse),
    trackingOf: (item) => trackings.get(item) ?? "none",
    closedMonths: new Set(closed.rows.map(({ month }) => month)),
  };
}

/**
 * What was accepted: rows of the inbox; and of imports, which decide most of their rows without it, the rows of the file as they were
 * staged. Where the inbox has a movement it is that one.
 */
const ACCEPTED = `
      select i.id, to_jsonb(i) as accepted
      from movement_inbox i
      union all
      select (r.fields ->> 'id')::uuid, jsonb_build_object(
          'id', r.fields ->> 'id',
          'type', coalesce(r.fields ->> 'type', 'count'),
          'item_id', item.id,
          'warehouse_id', w.id,
          'to_warehouse_id', t.id,
          'quantity', (r.fields ->> 'quantity')::numeric * coalesce(u.factor, 1),
          'lot_code', r.fields ->> 'lot',
          'lot_expires_on', r.fields ->> 'expires_on',
          'counted_version', r.fields ->> 'counted_version',
          'occurred_at', coalesce((r.fields ->> 'occurred_at')::timestamptz, m.created_at))
      from imports m
      join import_rows r on r.import_id = m.id and r.state in ('applied', 'rejected')
      join inventory_items item on item.sku = r.fields ->> 'sku'
      join warehouses w on w.code = r.fields ->> 'warehouse'
      left join warehouses t on t.code = r.fields ->> 'to_warehouse'
      left join item_units u on u.item_id = item.id and u.unit = r.fields ->> 'unit' and u.unit <> item.unit
      where m.kind in ('movements', 'counts')
        and not exists (select from movement_inbox i where i.id = (r.fields ->> 'id')::uuid)`;

async function decidedRows(db: Db, items?: readonly string[]): Promise<DecidedRow[]> {
  const { rows } = await db.query<DecidedRow>({
    text: `
      select i.accepted, o.status, o.code, o.version, o.balance_after, o.decided_at, e.lane, e.position
      from (${ACCEPTED}) i
      join movement_outcomes o on o.id = i.id
      join (
        select substr(subject, 11)::uuid as id, lane, min(position) as position
        from events
        where type in ('stockline.movement.applied', 'stockline.movement.rejected')
          and ($1::text[] is null or partition_key = any($1))
        group by subject, lane
      ) e on e.id = i.id
      order by e.lane, e.position`,
    values: [items],
  });
  return rows;
}

/**
 * Single movements, and the lines of atomic groups together. Lanes are independent of one another but for groups, which must
 * stand in the same order in all their lanes: where they do not, no order of the whole exists and this throws.
 */
function inLedgerOrder(rows: readonly DecidedRow[]): DecidedRow[][] {
  const { lanes, lanesOfGroup } = unitsOf(rows);
  const order: DecidedRow[][] = [];
  for (let before = -1; before < order.length; ) {
    before = order.length;
    for (const units of lanes.values()) {
      let unit = readyUnit(units, { lanes, lanesOfGroup });
      while (unit !== undefined) {
        order.push(unit);
        unit = readyUnit(units, { lanes, lanesOfGroup });
      }
    }
  }
  if ([...lanes.values()].some((units) => units.length > 0)) {
    throw new Error("atomic groups stand in different orders in different lanes");
  }
  return order;
}

/** The units of each lane in their order: a movement, or the lines that a group has in the lane. */
function unitsOf(rows: readonly DecidedRow[]) {
  const lanes = new Map<number, DecidedRow[][]>();
  const lanesOfGroup = new Map<string, Set<number>>();
  for (const row of rows) {
    const units = lanes.get(row.lane) ?? [];
    lanes.set(row.lane, units);
    const group = groupOf(row);
    const last = units.at(-1);
    const goesOn = group !== null && last?.[0] !== undefined && groupOf(last[0]) === group;
    if (goesOn) last?.push(row);
    else units.push([row]);
    if (group === null) continue;
    lanesOfGroup.set(group, (lanesOfGroup.get(group) ?? new Set()).add(row.lane));
  }
  return { lanes, lanesOfGroup };
}

interface LaneUnits {
  readonly lanes: ReadonlyMap<number, DecidedRow[][]>;
  readonly lanesOfGroup: ReadonlyMap<string, ReadonlySet<number>>;
}

/** Takes the lane's first unit; a group only once it stands first in all its lanes, then from all of them. */
function readyUnit(
  units: DecidedRow[][],
  { lanes, lanesOfGroup }: LaneUnits,
): DecidedRow[] | undefined {
  const [row] = units[0] ?? [];
  if (row === undefined) return undefined;
  const group = groupOf(row);
  if (group === null) return units.shift();
  const all = [...(lanesOfGroup.get(group) ?? [])].map((lane) => lanes.get(lane) ?? []);
  const isFirst = (lane: DecidedRow[][]) =>
    lane[0]?.[0] !== undefined && groupOf(lane[0][0]) === group;
  if (!all.every(isFirst)) return undefined;
  return all
    .flatMap((lane) => lane.shift() ?? [])
    .sort((one, other) => Number(one.accepted["seq"]) - Number(other.accepted["seq"]));
}

function groupOf(row: DecidedRow): string | null {
  return textOf(row, "group_id");
}

function textOf(row: DecidedRow, column: string): string | null {
  const value = row.accepted[column];
  return value === null || value === undefined ? null : String(value);
}

function toMovement(row: DecidedRow): OracleMovement {
  const numberOf = (column: string) => {
    const text = textOf(row, column);
    return text === null ? null : Number(text);
  };
  const timeOf = (column: string) => {
    const text = textOf(row, column);
    return text === null ? null : Date.parse(text);
  };
  return {
    id: textOf(row, "id") ?? "",
    type: textOf(row, "type") ?? "",
    item: textOf(row, "item_id") ?? "",
    warehouse: textOf(row, "warehouse_id") ?? "",
    to: textOf(row, "to_warehouse_id"),
    quantity: scaled(numberOf("quantity") ?? 0),
    lot: textOf(row, "lot_code"),
    lotExpires: textOf(row, "lot_expires_on"),
    target: textOf(row, "target_id"),
    expiresAt: timeOf("expires_at"),
    countedVersion: numberOf("counted_version"),
    expectedVersion: numberOf("expected_version"),
    inTransit: row.accepted["in_transit"] === true,
    occurredAt: timeOf("occurred_at") ?? 0,
    decidedAt: row.decided_at.getTime(),
  };
}

function scaled(quantity: number | string): number {
  return Math.round(Number(quantity) * 10_000);
}

function differenceOf(
  row: DecidedRow,
  result: ReturnType<typeof decideTogether>[number] | undefined,
): string | undefined {
  if (result === undefined) return "the oracle gave no result";
  const found = row.code ?? `applied ${row.version} ${scaled(row.balance_after ?? 0)}`;
  const expected = result.code ?? `applied ${result.version} ${result.onHand}`;
  if (found === expected) return undefined;
  return `ledger: ${found}, oracle: ${expected}, for ${JSON.stringify(row.accepted)}`;
}

type LevelLine = readonly [key: string, ...balances: number[]];

async function levelsOfLedger(db: Db, items?: readonly string[]): Promise<LevelLine[]> {
  const { rows } = await db.query<Record<string, string>>({
    text: `
      select item_id, warehouse_id, version, on_hand, reserved, unavailable, in_transit
      from stock_levels
      where $1::uuid[] is null or item_id = any($1)`,
    values: [items],
  });
  return rows
    .map(
      (row): LevelLine => [
        `${row["item_id"]}/${row["warehouse_id"]}`,
        Number(row["version"]),
        ...["on_hand", "reserved", "unavailable", "in_transit"].map((name) =>
          scaled(row[name] ?? 0),
        ),
      ],
    )
    .sort(byKey);
}

function levelsOfOracle(oracle: Oracle): LevelLine[] {
  const lines: LevelLine[] = [];
  for (const [id, item] of oracle.items) {
    for (const [warehouse, level] of Object.entries(item.levels)) {
      const { version, onHand, reserved, unavailable, inTransit } = level;
      if (version > 0)
        lines.push([`${id}/${warehouse}`, version, onHand, reserved, unavailable, inTransit]);
    }
  }
  return lines.sort(byKey);
}

function byKey([one]: LevelLine, [other]: LevelLine): number {
  return one < other ? -1 : 1;
}
