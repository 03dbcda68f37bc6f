/** SQL of marks and anchors: what the last sound verification left, compared with what is there, and moved on after another. */
import type { Db } from "../../../platform/postgres.ts";
import { type Subject, same, where } from "./subject.ts";

/** Each mark against the entry that it stands on and the level, which must have moved on or be as it was. */
export const MARKS = {
  name: "marks",
  judged: `
  judged as (
    select k.item_id, k.warehouse_id, m.movement_id, k.lane, k.version as mark_version, k.hash as mark_hash,
      m.hash as entry_hash, m.balance_after, m.reserved_after, m.unavailable_after, m.in_transit_after,
      k.average_cost as mark_average_cost, s.average_cost, s.version, s.last_hash, s.on_hand, s.reserved, s.unavailable, s.in_transit, s.lane as level_lane
    from ledger_marks k
    left join stock_levels s on s.item_id = k.item_id and s.warehouse_id = k.warehouse_id
    left join lateral (
      select *
      from stock_movements m
      where m.item_id = k.item_id
        and m.warehouse_id = k.warehouse_id
        and m.version = k.version
        and m.recorded_at = k.recorded_at
      limit 1
    ) m on true
  )`,
  checks: [
    {
      name: "anchor_entry",
      wrong: "e.entry_hash is distinct from e.mark_hash",
      expected: "format('version %s with hash %s', e.mark_version, encode(e.mark_hash, 'hex'))",
      found: "coalesce(encode(e.entry_hash, 'hex'), 'no entry')",
    },
    {
      name: "level_version",
      wrong: "coalesce(e.version, 0) < e.mark_version",
      expected: "'version ' || e.mark_version || ' or later'",
      found: "coalesce(e.version::text, 'no level')",
    },
    ...where("e.version = e.mark_version", [
      same("level_hash", "e.mark_hash", "e.last_hash"),
      same("level_sum", "e.balance_after", "e.on_hand"),
      same("level_reserved", "e.reserved_after", "e.reserved"),
      same("level_unavailable", "e.unavailable_after", "e.unavailable"),
      same("level_in_transit", "e.in_transit_after", "e.in_transit"),
      {
        name: "level_average_cost",
        wrong: "e.average_cost is distinct from e.mark_average_cost",
        expected: "e.mark_average_cost::text",
        found: "e.average_cost::text",
      },
    ]),
  ],
  tallies: { marks: "true" },
} as const satisfies Subject<string>;

export interface AnchorRow {
  readonly number: number;
  readonly mode: "full" | "incremental";
  readonly made_at: Date;
  readonly levels: number;
  readonly entries: number;
  readonly root: string;
  readonly positions: number[];
  readonly low_waters: number[];
  readonly object_key: string;
}

const ANCHOR_COLUMNS = `
  a.number, a.mode, a.made_at, a.levels, a.entries, encode(a.root, 'hex') as root, a.positions::text[] as positions,
  a.low_waters::text[] as low_waters, a.object_key`;

/** The anchor that counts, and the latest one where it is another (it waits to be known outside). */
export async function anchorsRead(
  db: Db,
): Promise<{ current: AnchorRow | undefined; latest: AnchorRow | undefined }> {
  const { rows } = await db.query<
    Omit<AnchorRow, "positions" | "low_waters"> & {
      positions: string[];
      low_waters: string[];
      current: boolean;
    }
  >({
    name: "ledger_anchors_read",
    text: `
      select ${ANCHOR_COLUMNS}, a.number = s.anchor as current
      from ledger_marks_state s
      join ledger_anchors a
        on a.number = s.anchor
        or a.number = (select max(number) from ledger_anchors)
      order by a.number`,
  });
  const anchors = rows.map((row) => ({
    ...row,
    positions: row.positions.map(Number),
    low_waters: row.low_waters.map(Number),
  }));
  return { current: anchors.find((row) => row.current), latest: anchors.at(-1) };
}

/** Digest of one lane's last hashes; see pipelines/verify/anchor.ts. */
export interface LaneDigestRow {
  readonly lane: number;
  readonly levels: number;
  readonly entries: number;
  readonly digest: string;
}

const DIGEST = `
  encode(sha256(string_agg(uuid_send(item_id) || uuid_send(warehouse_id) || int8send(version) || hash
    || int8send(coalesce((average_cost * 1000000)::bigint, -1)), ''::bytea order by item_id, warehouse_id)), 'hex') as digest`;

/** The digests of the marks, by lane. */
export async function markDigestsRead(db: Db): Promise<LaneDigestRow[]> {
  const { rows } = await db.query<LaneDigestRow>({
    name: "ledger_mark_digests_read",
    text: `
      select lane, count(*) as levels, sum(version)::bigint as entries, ${DIGEST}
      from ledger_marks
      group by lane
      order by lane`,
  });
  return rows;
}

/** The digests of the levels as they are, by lane: what the marks will be. */
export async function levelDigestsRead(db: Db): Promise<LaneDigestRow[]> {
  const { rows } = await db.query<LaneDigestRow>({
    name: "level_digests_read",
    text: `
      select lane, count(*) as levels, sum(version)::bigint as entries, ${DIGEST}
      from (select lane, item_id, warehouse_id, version, last_hash as hash, average_cost from stock_levels where version > 0) s
      group by lane
      order by lane`,
  });
  return rows;
}

/** Every lane's last position and low-water mark, lane n at index n. */
export async function lanePlacesRead(
  db: Db,
): Promise<{ positions: number[]; lowWaters: number[] }> {
  const { rows } = await db.query<{ position: number; low_water: number }>({
    name: "lane_places_read",
    text: `
      select next_position - 1 as position, low_water
      from lanes
      order by id`,
  });
  return {
    positions: rows.map((row) => row.position),
    lowWaters: rows.map((row) => row.low_water),
  };
}

/** Notes the marks of the levels that have moved on since the anchor that counts; those of an earlier try are given up. */
export async function pendingMarksReplace(db: Db): Promise<void> {
  await db.query({ name: "ledger_marks_pending_clear", text: "delete from ledger_marks_pending" });
  await db.query({
    name: "ledger_marks_pending_fill",
    text: `
      insert into ledger_marks_pending (item_id, warehouse_id, lane, version, hash, recorded_at, average_cost)
      select s.item_id, s.warehouse_id, s.lane, s.version, s.last_hash, s.updated_at, s.average_cost
      from stock_levels s
      left join ledger_marks k on k.item_id = s.item_id and k.warehouse_id = s.warehouse_id
      where s.version > coalesce(k.version, 0)`,
  });
}

/** Adds an anchor. */
export async function anchorInsert(
  db: Db,
  anchor: Omit<AnchorRow, "made_at"> & { readonly madeAt: Date },
): Promise<void> {
  await db.query({
    name: "ledger_anchor_insert",
    text: `
      insert into ledger_anchors (number, mode, made_at, levels, entries, root, positions, low_waters, object_key)
      values ($1::bigint, $2::text, $3::timestamptz, $4::bigint, $5::bigint, decode($6::text, 'hex'), $7::bigint[],
        $8::bigint[], $9::text)`,
    values: [
      anchor.number,
      anchor.mode,
      anchor.madeAt,
      anchor.levels,
      anchor.entries,
      anchor.root,
      anchor.positions,
      anchor.low_waters,
      anchor.object_key,
    ],
  });
}

/** Makes the anchor the one that counts, and the pending marks those of the ledger. Run it in one transaction. */
export async function pendingMarksAdopt(db: Db, anchor: number): Promise<void> {
  await db.query({
    name: "ledger_marks_adopt",
    text: `
      insert into ledger_marks (item_id, warehouse_id, lane, version, hash, recorded_at, average_cost)
      select item_id, warehouse_id, lane, version, hash, recorded_at, average_cost
      from ledger_marks_pending
      on conflict (item_id, warehouse_id) do update
      set lane = excluded.lane,
        version = excluded.version,
        hash = excluded.hash,
        recorded_at = excluded.recorded_at,
        average_cost = excluded.average_cost`,
  });
  await db.query({ name: "ledger_marks_pending_clear", text: "delete from ledger_marks_pending" });
  await db.query({
    name: "ledger_marks_state_move",
    text: "update ledger_marks_state set anchor = $1::bigint",
    values: [anchor],
  });
}
