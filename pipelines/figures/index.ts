/** Business figures as metrics: looked up every few minutes by the jobs process, since they sum up whole tables. Decides nothing. */
import type { Log } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics.ts";
import type { DbPool } from "../../platform/postgres.ts";
import type { ReadSources } from "../../platform/readSources.ts";
import { repeat } from "../../platform/repeat.ts";
import { changingTables, partitionDaysAhead } from "../housekeeping/index.ts";
import { lowAndOrdered, ordersOfLastDay, stockValueByCurrency } from "./queries.ts";

export { countRevenue } from "./countRevenue.ts";

/** Sums over all levels: as old as aggregated metrics may be. */
const VALUE_MS = 5 * 60_000;
const COUNT_MS = 30_000;

interface FiguresDeps {
  readonly db: DbPool;
  /** Where sums over whole tables are read; also whose lag is told, where it is a replica. */
  readonly reads: ReadSources;
  readonly metrics: Pick<
    Metrics,
    | "registry"
    | "stockValue"
    | "lowStockLevels"
    | "purchaseOrders"
    | "purchaseOrdersLastDay"
    | "partitionsAheadDays"
    | "tableDeadRows"
    | "tableDeadRatio"
    | "tableBytes"
    | "replicaLag"
  >;
  readonly log: Log;
}

/** Keeps the figures up to date until it is stopped. */
export function watchFigures({ db, reads, metrics, log }: FiguresDeps): { stop(): Promise<void> } {
  const { registry, stockValue, lowStockLevels, purchaseOrders, replicaLag } = metrics;
  const { purchaseOrdersLastDay, tableDeadRows, tableDeadRatio, tableBytes } = metrics;
  const business = [stockValue, lowStockLevels, purchaseOrders, purchaseOrdersLastDay];
  for (const gauge of [...business, tableDeadRows, tableDeadRatio, tableBytes])
    registry.registerMetric(gauge);
  let knowsPartitions = false;
  const values = repeat({
    everyMs: VALUE_MS,
    what: "look-up of stock values and table sizes",
    log,
    run: async () => {
      const rows = await stockValueByCurrency((await reads.choose()).pool);
      stockValue.reset();
      for (const { currency, value } of rows) stockValue.set({ currency }, Number(value));
      for (const { table, dead_rows, dead_ratio, bytes } of await changingTables(db)) {
        tableDeadRows.set({ table }, dead_rows);
        tableDeadRatio.set({ table }, dead_ratio);
        tableBytes.set({ table }, bytes);
      }
    },
  });
  let isReplica = false;
  const counts = repeat({
    everyMs: COUNT_MS,
    what: "look-up of low stock, orders and partitions",
    log,
    run: async () => {
      const { low, orders } = await lowAndOrdered(db);
      lowStockLevels.set(low);
      purchaseOrders.reset();
      for (const { status, orders: count } of orders) purchaseOrders.set({ status }, count);
      for (const { step, orders: count } of await ordersOfLastDay(db)) {
        purchaseOrdersLastDay.set({ step }, count);
      }
      metrics.partitionsAheadDays.set(await partitionDaysAhead(db));
      // a gauge that is shown before it is known would ring the alarm
      if (!knowsPartitions) registry.registerMetric(metrics.partitionsAheadDays);
      knowsPartitions = true;
      const lag = await reads.lagSeconds();
      if (lag === undefined) return;
      if (!isReplica) registry.registerMetric(replicaLag);
      isReplica = true;
      replicaLag.set(lag);
    },
  });
  return {
    stop: async () => {
      await Promise.all([values.stop(), counts.stop()]);
    },
  };
}
