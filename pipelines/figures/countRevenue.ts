/**
 * Counts what issued units would fetch at the present price of their items. A figure to watch trade by, not an account: it is kept in
 * floats, a process that is killed forgets its last seconds, and a reversed issue is not taken back.
 */
import { approximateQuantity } from "../../domain/quantity.ts";
import type { Log } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { repeat } from "../../platform/repeat.ts";
import { pricesOfItems } from "./queries.ts";

/** Prices are asked for once in this time, for all items that were issued meanwhile. */
const COUNT_MS = 10_000;
/** Past these, items that were not issued before in that time are left out: no list grows while the database is away. */
const ITEMS_MAX = 20_000;

interface RevenueDeps {
  readonly db: DbPool;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "issueRevenue">;
}

interface RevenueCount {
  /** Notes what a batch issued of each item, scaled; costs no query. */
  note(issued: ReadonlyMap<string, bigint>): void;
  /** Counts what is noted, and stops. */
  stop(): Promise<void>;
}

/** Starts counting. */
export function countRevenue({ db, log, metrics }: RevenueDeps): RevenueCount {
  let noted = new Map<string, bigint>();
  const count = async (): Promise<void> => {
    if (noted.size === 0) return;
    const issued = noted;
    noted = new Map();
    for (const { id, price, currency } of await pricesOfItems(db, [...issued.keys()])) {
      metrics.issueRevenue.inc(
        { currency },
        approximateQuantity(issued.get(id) ?? 0n) * Number(price),
      );
    }
  };
  const counting = repeat({ everyMs: COUNT_MS, what: "count of revenue", log, run: count });
  return {
    note: (issued) => {
      for (const [itemId, quantity] of issued) {
        if (noted.size >= ITEMS_MAX && !noted.has(itemId)) continue;
        noted.set(itemId, (noted.get(itemId) ?? 0n) + quantity);
      }
    },
    stop: async () => {
      await counting.stop();
      await count().catch(() => undefined); // the database may be away while the process stops
    },
  };
}
