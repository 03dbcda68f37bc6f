/** SQL of staged rows of suppliers, for sealing their personal fields. */
import type { Db } from "../../../platform/postgres.ts";
import type { RowRange } from "./rows.ts";
import { rowByKey } from "./rowsByKey.ts";

export interface StagedSupplierRow {
  readonly row_number: number;
  readonly fields: Readonly<Record<string, unknown>>;
  /** The supplier that the row's code names; null where it is new. */
  readonly stored_id: string | null;
  /** Its personal columns as they are stored. */
  readonly stored: Readonly<Record<string, unknown>> | null;
}

/** The staged rows of a range with what is stored of their suppliers. */
export async function stagedSuppliersRead(db: Db, range: RowRange): Promise<StagedSupplierRow[]> {
  const { rows } = await db.query<StagedSupplierRow>({
    name: "staged_suppliers_read",
    text: `
      select s.row_number, s.fields, e.id as stored_id,
        case when e.id is not null then jsonb_build_object(
          'contact_name', e.contact_name, 'email', e.email, 'phone', e.phone, 'address', e.address) end as stored
      from import_rows s
      left join suppliers e on e.code = s.fields ->> 'code'
      where s.import_id = $1::uuid
        and s.row_number > $2::bigint
        and s.row_number <= $3::bigint
        and s.state = 'staged'
      order by s.row_number`,
    values: [range.importId, range.from, range.to],
  });
  return rows;
}

/** Lays sealed fields over those of staged rows. */
export async function stagedSuppliersWrite(
  db: Db,
  importId: string,
  rows: readonly { readonly row: number; readonly fields: object }[],
): Promise<void> {
  await db.query({
    name: "staged_suppliers_write",
    text: `
      update import_rows r
      set fields = r.fields || (g.row -> 'fields')
      from jsonb_array_elements($2::jsonb) as g (row)${rowByKey("(g.row ->> 'row')::bigint")}`,
    values: [importId, JSON.stringify(rows)],
  });
}
