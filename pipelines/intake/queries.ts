/** SQL of the inbox: appending accepted movements, and looking up what is known of an id. */
import type { Db } from "../../platform/postgres.ts";
import { bytesArray, plainArray, textArray } from "../../platform/sqlArrays.ts";
import type { MovementCommand } from "./movementCommand.ts";

/** Where a movement lies in the inbox. */
export interface InboxPlace {
  /** Stays so for the transaction that put it there. */
  readonly place: string;
  /** Its place in the order of acceptance. */
  readonly seq: number;
}

/** As movementInboxInsert, for movements without customers; answers where each new one lies. */
export async function movementInboxPlace(
  db: Db,
  commands: readonly MovementCommand[],
): Promise<Map<string, InboxPlace>> {
  const { rows } = await db.query<InboxPlace & { readonly id: string }>({
    name: "movement_inbox_place",
    text: `${INSERT}, ctid::text as place, seq`,
    values: columnsOf(commands),
  });
  return new Map(rows.map((row) => [row.id, row]));
}

/** Whether any movement is known whose id lies between the two, both included. */
export async function movementsKnownBetween(
  db: Db,
  { first, last }: { readonly first: string; readonly last: string },
): Promise<boolean> {
  const { rows } = await db.query<{ known: boolean }>({
    name: "movements_known_between",
    text: `
      select exists (select from movement_outcomes where id between $1::uuid and $2::uuid)
        or exists (select from movement_inbox where id between $1::uuid and $2::uuid)
        or exists (select from set_aside_movements where id between $1::uuid and $2::uuid) as known`,
    values: [first, last],
  });
  return rows[0]?.known ?? true;
}

/**
 * Appends the commands in their order and answers the ids that are new. An id that the inbox or an outcome knows is left
 * as it is; the caller asks movementsKnown why. Ids within one call must be distinct.
 */
export async function movementInboxInsert(
  db: Db,
  commands: readonly MovementCommand[],
): Promise<Set<string>> {
  const noted = commands.filter(({ customer }) => customer !== undefined);
  const { rows } = await db.query<{ id: string }>(
    noted.length === 0
      ? { name: "movement_inbox_insert", text: INSERT, values: columnsOf(commands) }
      : {
          name: "movement_inbox_insert_noted",
          text: INSERT_NOTED,
          values: [...columnsOf(commands), ...customerColumnsOf(noted)],
        },
  );
  return new Set(rows.map((row) => row.id));
}

const INSERT = `
      insert into movement_inbox (
        lane, id, body_hash, type, item_id, warehouse_id, to_warehouse_id, quantity, unit_cost, currency,
        expected_version, reason, reference_type, reference_id, source, source_id, actor, occurred_at, lot_code,
        lot_expires_on, target_id, expires_at, counted_version, in_transit, group_id, traceparent)
      select lane, id, body_hash, type, item_id, warehouse_id, to_warehouse_id, quantity, unit_cost, currency,
        expected_version, reason, reference_type, reference_id, source, source_id, actor, occurred_at, lot_code,
        lot_expires_on, target_id, expires_at, counted_version, in_transit, group_id, traceparent
      from unnest(
        $1::smallint[], $2::uuid[], $3::bytea[], $4::text[], $5::uuid[], $6::uuid[], $7::uuid[], $8::numeric[],
        $9::numeric[], $10::text[], $11::bigint[], $12::text[], $13::text[], $14::text[], $15::text[], $16::uuid[],
        $17::text[], $18::timestamptz[], $19::text[], $20::date[], $21::uuid[], $22::timestamptz[], $23::bigint[],
        $24::boolean[], $25::uuid[], $26::text[])
        with ordinality as m (
          lane, id, body_hash, type, item_id, warehouse_id, to_warehouse_id, quantity, unit_cost, currency,
          expected_version, reason, reference_type, reference_id, source, source_id, actor, occurred_at, lot_code,
          lot_expires_on, target_id, expires_at, counted_version, in_transit, group_id, traceparent, ordinal)
      where not exists (select from movement_outcomes o where o.id = m.id)
        and not exists (select from set_aside_movements a where a.id = m.id)
      order by ordinal
      on conflict (id) do nothing
      returning id`;

/** The same, with the customers of those that are new: one statement, so that neither is there without the other. */
const INSERT_NOTED = `
      with inserted as (${INSERT}),
      noted as (
        insert into movement_customers (
          movement_id, reference, reference_index, status, canonical, canonical_index, segment, sealed_key, checked_at)
        select c.movement_id, c.reference, decode(c.reference_index, 'hex'), c.status, c.canonical,
          decode(c.canonical_index, 'hex'), c.segment, c.sealed_key,
          case when c.status <> 'unverified' then clock_timestamp() end
        from unnest($27::uuid[], $28::text[], $29::text[], $30::text[], $31::text[], $32::text[], $33::text[], $34::int[])
          as c (movement_id, reference, reference_index, status, canonical, canonical_index, segment, sealed_key)
        join inserted i on i.id = c.movement_id
      )
      select id
      from inserted`;

function customerColumnsOf(commands: readonly MovementCommand[]): unknown[] {
  return [
    plainArray(commands.map((command) => command.id)),
    plainArray(commands.map(({ customer }) => customer?.reference ?? null)),
    plainArray(commands.map(({ customer }) => customer?.referenceIndex ?? null)),
    plainArray(commands.map(({ customer }) => customer?.status ?? null)),
    plainArray(commands.map(({ customer }) => customer?.canonical ?? null)),
    plainArray(commands.map(({ customer }) => customer?.canonicalIndex ?? null)),
    textArray(commands.map(({ customer }) => customer?.segment ?? null)),
    plainArray(commands.map(({ customer }) => customer?.sealedKey ?? null)),
  ];
}

function columnsOf(commands: readonly MovementCommand[]): unknown[] {
  return [
    plainArray(commands.map((command) => command.lane)),
    plainArray(commands.map((command) => command.id)),
    bytesArray(commands.map((command) => command.bodyHash)),
    plainArray(commands.map((command) => command.type)),
    plainArray(commands.map((command) => command.itemId)),
    plainArray(commands.map((command) => command.warehouseId)),
    plainArray(commands.map((command) => command.toWarehouseId)),
    plainArray(commands.map((command) => command.quantity)),
    plainArray(commands.map((command) => command.unitCost)),
    textArray(commands.map((command) => command.currency)),
    plainArray(commands.map((command) => command.expectedVersion)),
    textArray(commands.map((command) => command.reason)),
    textArray(commands.map((command) => command.referenceType)),
    textArray(commands.map((command) => command.referenceId)),
    plainArray(commands.map((command) => command.source)),
    plainArray(commands.map((command) => command.sourceId)),
    textArray(commands.map((command) => command.actor)),
    commands.map((command) => command.occurredAt),
    textArray(commands.map((command) => command.lotCode)),
    plainArray(commands.map((command) => command.lotExpiresOn)),
    plainArray(commands.map((command) => command.targetId)),
    commands.map((command) => command.expiresAt),
    plainArray(commands.map((command) => command.countedVersion)),
    plainArray(commands.map((command) => (command.inTransit ? "t" : "f"))),
    plainArray(commands.map((command) => command.groupId)),
    textArray(commands.map((command) => command.traceparent ?? null)),
  ];
}

/** What is kept of an id. */
export interface KnownRow {
  readonly id: string;
  readonly body_hash: Buffer;
  readonly status: "accepted" | "applied" | "rejected";
  /** Of the request that brought it. */
  readonly source_id: string | null;
  readonly group_id: string | null;
  /** False where nobody knows any more whether it came in a group: the inbox keeps what is decided for a time. */
  readonly is_group_kept: boolean;
}

/** What is known of the ids: their body's hash, where they stand, and how they came. */
export async function movementsKnown(db: Db, ids: readonly string[]): Promise<KnownRow[]> {
  const { rows } = await db.query<KnownRow>({
    name: "movements_known",
    text: `
      select o.id, o.body_hash, o.status, o.source_id, i.group_id, i.id is not null as is_group_kept
      from movement_outcomes o
      left join movement_inbox i on i.id = o.id
      where o.id = any($1::uuid[])
      union all
      select i.id, i.body_hash, 'accepted', i.source_id, i.group_id, true
      from movement_inbox i
      where i.id = any($1::uuid[])
        and not exists (select from movement_outcomes o where o.id = i.id)
      union all
      select a.id, a.body_hash, 'accepted', (a.movement ->> 'source_id')::uuid, (a.movement ->> 'group_id')::uuid, true
      from set_aside_movements a
      where a.id = any($1::uuid[])`,
    values: [ids],
  });
  return rows;
}

/**
 * Puts atomic groups into one order, the same in all their lanes; the lock lasts until the transaction ends. Whoever holds this lock
 * draws all the places of its group before the next group draws any. All groups queue here, so the wait may be longer than for
 * other locks.
 */
export async function groupOrderLock(db: Db): Promise<void> {
  await db.query({
    name: "group_order_lock",
    text: `
      select set_config('lock_timeout', '8s', true),
        pg_advisory_xact_lock(hashtextextended('stockline atomic groups', 0))`,
  });
}
