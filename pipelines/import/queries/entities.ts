/**
 * SQL of entity upserts, made from a description of each table. A row's fields lie over what is stored (jsonb_populate_record),
 * so a column that the file does not have, or an empty cell, leaves the stored value.
 */
import type { Db } from "../../../platform/postgres.ts";
import { ENTITY_TABLES, type EntityKind, type EntityTable } from "./entityTables.ts";
import type { RowFate } from "./fates.ts";
import type { FoundFault, RowRange } from "./rows.ts";

/** The staged rows of a range with the ids that their keys name. */
function givenRows(table: EntityTable): string {
  return `
      given as materialized (
        select s.row_number, s.fields || ${table.key} as fields
        from import_rows s
        ${table.joins}
        where s.import_id = $1::uuid
          and s.row_number > $2::bigint
          and s.row_number <= $3::bigint
          and s.state = 'staged'
      )`;
}

/**
 * Stored rows with the given ones laid over them as `r`. As a value and behind the fence `offset 0` the record is made once a row and
 * not stored; in FROM, with a store of its own for each row, it took four times as long.
 */
function laidOver(table: EntityTable, join: "join" | "left join"): string {
  return `select g.row_number, e.*, jsonb_populate_record(e, g.fields) as r
        from given g
        ${join} ${table.table} e on ${table.match}
        offset 0`;
}

function columnsOf(alias: string, columns: readonly string[]): string {
  return columns.map((column) => `${alias}.${column}`).join(", ");
}

/**
 * Locks the stored entities of a range in the order of their ids; answers how many there are. Keys stay as they are, so that a lane's batch
 * that makes a level of an item need not wait.
 */
export async function entitiesLock(db: Db, kind: EntityKind, range: RowRange): Promise<number> {
  const table = ENTITY_TABLES[kind];
  const { rowCount } = await db.query({
    name: `import_${kind}_lock`,
    text: `
      with ${givenRows(table)}
      select e.id
      from ${table.table} e
      join given g on ${table.match}
      order by e.id
      for no key update of e`,
    values: [range.importId, range.from, range.to],
  });
  return rowCount ?? 0;
}

/** An entity that the import changed. */
export interface ChangedEntity {
  readonly id: string;
}

/** Changes the stored entities of a range where a given field differs; answers those that changed. */
export async function entitiesUpdate(
  db: Db,
  kind: EntityKind,
  range: RowRange,
): Promise<ChangedEntity[]> {
  const table = ENTITY_TABLES[kind];
  const { columns } = table;
  const { rows } = await db.query<ChangedEntity>({
    name: `import_${kind}_update`,
    text: `
      with ${givenRows(table)},
      laid as (
        ${laidOver(table, "join")}
      ),
      changed as (
        select id, ${columnsOf("(r)", columns)}
        from laid
        where (${columns.join(", ")}) is distinct from (${columnsOf("(r)", columns)})
      )
      update ${table.table} e
      set ${columns.map((column) => `${column} = c.${column}`).join(", ")},
        version = e.version + 1,
        updated_at = now()
      from changed c
      where e.id = c.id
      returning e.id`,
    values: [range.importId, range.from, range.to],
  });
  return rows;
}

/** What became of the rows of a range that name no stored entity. */
export interface MadeEntities {
  readonly ids: readonly string[];
  /** Rows whose entity was made by somebody else between our look and our insert. */
  readonly missing: number;
}

/** Makes the entities of a range that do not exist yet, in the order of the file. */
export async function entitiesInsert(
  db: Db,
  kind: EntityKind,
  range: RowRange,
): Promise<MadeEntities> {
  const table = ENTITY_TABLES[kind];
  const columns = [...table.fixed, ...table.columns];
  const { rows } = await db.query<{ fresh: string[]; made: string[] }>({
    name: `import_${kind}_insert`,
    text: `
      with ${givenRows(table)},
      fresh as materialized (
        select coalesce((g.fields ->> 'sealed_for')::uuid, make_uuid7()) as id, g.row_number, g.fields
        from given g
        where not exists (select from ${table.table} e where ${table.match})
        order by g.row_number
      ),
      made as (
        insert into ${table.table} (id, ${columns.join(", ")})
        select id, ${columns.map((column) => (column === "lane" ? "lane_of(id)" : `(r).${column}`)).join(", ")}
        from (
          select n.id, jsonb_populate_record(null::${table.table}, $4::jsonb || n.fields) as r
          from fresh n
          order by n.row_number
          offset 0
        ) laid
        on conflict do nothing
        returning id
      )
      select array(select id from fresh order by row_number) as fresh, array(select id from made) as made`,
    values: [range.importId, range.from, range.to, JSON.stringify(table.defaults)],
  });
  const [{ fresh, made } = { fresh: [], made: [] }] = rows;
  // Put together here: nobody has counted the two lists, so a join of them compared each with each.
  const isMade = new Set(made);
  return { ids: fresh.filter((id) => isMade.has(id)), missing: fresh.length - made.length };
}

/** Marks the staged rows of a range as applied; answers how many there were. */
export async function importRowsApply(db: Db, range: RowRange): Promise<number> {
  const { rowCount } = await db.query({
    name: "import_rows_apply",
    text: `
      update import_rows
      set state = 'applied'
      where import_id = $1::uuid
        and row_number > $2::bigint
        and row_number <= $3::bigint
        and state = 'staged'`,
    values: [range.importId, range.from, range.to],
  });
  return rowCount ?? 0;
}

/** Rows of a range whose entity is archived, and that do not say that it shall be active again. */
export async function importArchivedFaults(
  db: Db,
  kind: EntityKind,
  range: RowRange,
): Promise<FoundFault[]> {
  const table = ENTITY_TABLES[kind];
  const { rows } = await db.query<FoundFault>({
    name: `import_${kind}_archived`,
    text: `
      with ${givenRows(table)}
      select g.row_number, '${table.column}' as column_name, '${table.archivedCode}' as code,
        g.fields ->> '${table.column}' as value, null as known
      from given g
      join ${table.table} e on ${table.match}
      where e.status = 'archived'
        and not g.fields ? 'status'`,
    values: [range.importId, range.from, range.to],
  });
  return rows;
}

/** Whether each staged row of a range would make an entity, change one, or leave it as it is. */
export async function entitiesForesee(
  db: Db,
  kind: EntityKind,
  range: RowRange,
): Promise<RowFate[]> {
  const table = ENTITY_TABLES[kind];
  const { columns } = table;
  const { rows } = await db.query<RowFate>({
    name: `import_${kind}_foresee`,
    text: `
      with ${givenRows(table)}
      select row_number,
        case
          when id is null then 'create'
          when (${columns.join(", ")}) is distinct from (${columnsOf("(r)", columns)}) then 'update'
          else 'unchanged'
        end as fate
      from (
        ${laidOver(table, "left join")}
      ) laid`,
    values: [range.importId, range.from, range.to],
  });
  return rows;
}

/** Items of a range that would be archived while stock or open orders hang on them. */
export async function importArchivingFaults(db: Db, range: RowRange): Promise<FoundFault[]> {
  const { rows } = await db.query<FoundFault>({
    name: "import_archiving_faults",
    text: `
      select s.row_number, 'status' as column_name, 'in_use' as code, 'archived' as value, i.sku as known
      from import_rows s
      join inventory_items i on i.sku = s.fields ->> 'sku'
      where s.import_id = $1::uuid
        and s.row_number > $2::bigint
        and s.row_number <= $3::bigint
        and s.state = 'staged'
        and s.fields ->> 'status' = 'archived'
        and i.status <> 'archived'
        and (
          exists (
            select
            from stock_levels l
            where l.item_id = i.id
              and (l.on_hand <> 0 or l.reserved <> 0 or l.unavailable <> 0 or l.in_transit <> 0)
          )
          or exists (
            select
            from purchase_order_lines l
            join purchase_orders o on o.id = l.purchase_order_id
            where l.item_id = i.id
              and o.status in ('draft', 'approved', 'sent', 'partially_received')
          )
        )`,
    values: [range.importId, range.from, range.to],
  });
  return rows;
}

/** New items whose SKU a reader would take for that of a live item, or of an earlier row (same skeleton). */
export async function importLookAlikeFaults(db: Db, importId: string): Promise<FoundFault[]> {
  const { rows } = await db.query<FoundFault>({
    name: "import_look_alike_faults",
    text: `
      with folded as (
        select row_number,
          fields ->> 'sku' as sku,
          sku_skeleton(fields ->> 'sku') as form
        from import_rows
        where import_id = $1::uuid
          and state = 'staged'
      ),
      fresh as (
        select f.row_number, f.sku, f.form,
          first_value(f.sku) over (partition by f.form order by f.row_number) as first_sku
        from folded f
        where not exists (select from inventory_items e where e.sku = f.sku)
      )
      select n.row_number, 'sku' as column_name, 'sku_confusable' as code, n.sku as value,
        coalesce(i.sku, n.first_sku) as known
      from fresh n
      left join lateral (
        select e.sku
        from inventory_items e
        where sku_skeleton(e.sku) = n.form
          and e.sku <> n.sku
          and e.status <> 'archived'
        order by e.sku
        limit 1
      ) i on true
      where i.sku is not null
        or n.first_sku <> n.sku`,
    values: [importId],
  });
  return rows;
}
