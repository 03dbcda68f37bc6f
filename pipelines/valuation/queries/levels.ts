/** SQL of the figures that are published: one row a level. */
import type { Db } from "../../../platform/postgres.ts";
import { plainArray } from "../../../platform/sqlArrays.ts";

/** The figures of a level, as decimal strings. */
export interface LevelFigures {
  readonly itemId: string;
  readonly warehouseId: string;
  readonly quantity: string;
  readonly inTransit: string;
  readonly averageUnitCost: string | null;
  readonly averageValue: string;
  readonly averageInTransitValue: string;
  readonly fifoUnitCost: string | null;
  readonly fifoValue: string;
  readonly fifoInTransitValue: string;
  /** JSON. */
  readonly fifoLayers: string;
}

/** Publishes the figures of items that are folded to the end, and ends their pass. Levels without figures hold nothing. */
export async function levelsPublish(
  db: Db,
  args: { readonly itemIds: readonly string[]; readonly figures: readonly LevelFigures[] },
): Promise<void> {
  const { itemIds, figures } = args;
  await db.query({
    name: "valuation_levels_publish",
    text: `
      with figures as materialized (
        select *
        from unnest($2::uuid[], $3::uuid[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[], $8::numeric[],
          $9::numeric[], $10::numeric[], $11::numeric[], $12::jsonb[])
          as g (item_id, warehouse_id, quantity, in_transit, average_unit_cost, average_value,
            average_in_transit_value, fifo_unit_cost, fifo_value, fifo_in_transit_value, fifo_layers)
      ),
      folded as (
        update valuation_items
        set taken_at = null
        where item_id = any($1::uuid[])
        returning item_id
      )
      update valuation_levels v
      set valued_version = v.taken_version,
        as_of = i.taken_at,
        quantity = coalesce(g.quantity, 0),
        in_transit = coalesce(g.in_transit, 0),
        average_unit_cost = g.average_unit_cost,
        average_value = coalesce(g.average_value, 0),
        average_in_transit_value = coalesce(g.average_in_transit_value, 0),
        fifo_unit_cost = g.fifo_unit_cost,
        fifo_value = coalesce(g.fifo_value, 0),
        fifo_in_transit_value = coalesce(g.fifo_in_transit_value, 0),
        fifo_layers = coalesce(g.fifo_layers, '[]')
      from folded f
      join valuation_items i on i.item_id = f.item_id -- as the statement found it, with taken_at
      join valuation_levels l on l.item_id = f.item_id
      left join figures g on g.item_id = l.item_id and g.warehouse_id = l.warehouse_id
      where v.item_id = l.item_id
        and v.warehouse_id = l.warehouse_id`,
    values: [
      plainArray(itemIds),
      plainArray(figures.map((one) => one.itemId)),
      plainArray(figures.map((one) => one.warehouseId)),
      plainArray(figures.map((one) => one.quantity)),
      plainArray(figures.map((one) => one.inTransit)),
      plainArray(figures.map((one) => one.averageUnitCost)),
      plainArray(figures.map((one) => one.averageValue)),
      plainArray(figures.map((one) => one.averageInTransitValue)),
      plainArray(figures.map((one) => one.fifoUnitCost)),
      plainArray(figures.map((one) => one.fifoValue)),
      plainArray(figures.map((one) => one.fifoInTransitValue)),
      figures.map((one) => one.fifoLayers),
    ],
  });
}

/** A level's published figures by one method. */
export interface ValuedLevelRow {
  readonly warehouse: string;
  /** The level's version now. */
  readonly version: number;
  readonly valued_version: number;
  readonly as_of: Date | null;
  readonly quantity: string;
  readonly unit_cost: string | null;
  readonly value: string;
  readonly in_transit: string;
  readonly in_transit_value: string;
  /** The first FIFO layers as [since, quantity, value]; null where they were not asked for. */
  readonly layers: readonly (readonly [string, string, string])[] | null;
  readonly layer_count: number | null;
}

/** The figures of an item's levels, by warehouse; levels that were never valued have zeros and version 0. */
export async function valuedLevelsRead(
  db: Db,
  args: {
    readonly itemId: string;
    readonly isFifo: boolean;
    /** One warehouse, or all. */
    readonly warehouseId: string | undefined;
    /** Codes of the warehouses that may be seen, or all. */
    readonly codes: readonly string[] | undefined;
    /** FIFO layers that are read of each level. */
    readonly layersMax: number;
  },
): Promise<ValuedLevelRow[]> {
  const { rows } = await db.query<ValuedLevelRow>({
    name: "valuation_levels_read",
    text: `
      select w.code as warehouse, s.version, coalesce(v.valued_version, 0) as valued_version, v.as_of,
        trim_scale(coalesce(v.quantity, 0))::text as quantity,
        trim_scale(case when $2::boolean then v.fifo_unit_cost else v.average_unit_cost end)::text as unit_cost,
        trim_scale(coalesce(case when $2::boolean then v.fifo_value else v.average_value end, 0))::text as value,
        trim_scale(coalesce(v.in_transit, 0))::text as in_transit,
        trim_scale(coalesce(
          case when $2::boolean then v.fifo_in_transit_value else v.average_in_transit_value end, 0))::text
          as in_transit_value,
        case when $5::int > 0 then
          jsonb_path_query_array(coalesce(v.fifo_layers, '[]'), '$[0 to $last]', jsonb_build_object('last', $5::int - 1))
        end as layers,
        case when $5::int > 0 then jsonb_array_length(coalesce(v.fifo_layers, '[]'))::bigint end as layer_count
      from stock_levels s
      join warehouses w on w.id = s.warehouse_id
      left join valuation_levels v on v.item_id = s.item_id and v.warehouse_id = s.warehouse_id
      where s.item_id = $1::uuid
        and ($3::uuid is null or s.warehouse_id = $3::uuid)
        and ($4::text[] is null or w.code = any($4::text[]))
      order by w.code`,
    values: [
      args.itemId,
      args.isFifo,
      args.warehouseId ?? null,
      args.codes ?? null,
      args.layersMax,
    ],
  });
  return rows;
}
