/** SQL of the nearest warehouses that can fulfil. */
import type { Db } from "../../../platform/postgres.ts";
import type { EntityRow } from "./entities.ts";
import { WAREHOUSES } from "./tables.ts";

export type NearWarehouseRow = EntityRow & {
  /** Metres on the sphere of mean radius 6,371,008.771415 m. */
  readonly distance_m: number;
  /** What is there of the item asked for; null where none was. */
  readonly available: string | null;
};

/** Active warehouses by distance; with an item only those whose available stock covers the quantity and is not zero. */
export async function warehousesNearest(
  db: Db,
  args: {
    readonly latitude: number;
    readonly longitude: number;
    readonly itemId: string | undefined;
    readonly quantity: string;
    /** Codes that the caller is limited to. */
    readonly codes: readonly string[] | undefined;
    readonly after: { readonly distance: number; readonly id: string } | undefined;
    readonly limit: number;
  },
): Promise<NearWarehouseRow[]> {
  const { rows } = await db.query<NearWarehouseRow>({
    name: "warehouses_nearest",
    text: `
      select ${WAREHOUSES.shown},
        d.distance_m,
        trim_scale(s.available)::text as available
      from warehouses_near($1::float8, $2::float8) d
      join warehouses t on t.id = d.warehouse_id
      left join current_levels s on s.warehouse_id = t.id and s.item_id = $3::uuid
      where ($3::uuid is null
          or (s.available >= $4::numeric
            and s.available > 0))
        and ($5::text[] is null or t.code = any($5::text[]))
        and ($6::float8 is null or (d.distance_m, t.id) > ($6::float8, $7::uuid))
      order by d.distance_m, t.id
      limit $8::int`,
    values: [
      args.latitude,
      args.longitude,
      args.itemId ?? null,
      args.quantity,
      args.codes ?? null,
      args.after?.distance ?? null,
      args.after?.id ?? null,
      args.limit,
    ],
  });
  return rows;
}
