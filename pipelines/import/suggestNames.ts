/**
 * Adds near names to faults of what does not exist. Bounded: an import whose every row names something unknown costs no more
 * than its first thousand different names. Never names what the sender may not see.
 */
import type { Db } from "../../platform/postgres.ts";
import { createNameFinder, type NameFinder, nearestName } from "./nearest.ts";
import {
  nearSkusRead,
  someSkusRead,
  supplierCodesRead,
  warehouseCodesRead,
} from "./queries/nearNames.ts";
import type { FoundFault } from "./queries/rows.ts";

/** Different unknown names of one run of an import that get a suggestion looked up. */
const NAMES_MAX = 1_000;
/** Names that are all compared; of more SKUs only some near ones are. */
const LISTED_MAX = 1_000;
/** Suppliers and warehouses that are compared. */
const CODES_MAX = 5_000;

/** Answers the faults, those of unknown names with a near one where there is one. */
export type Suggest = (db: Db, faults: readonly FoundFault[]) => Promise<readonly FoundFault[]>;

/** Prepares for one run of an import; `warehouses` are the codes that its sender is limited to, null means all. */
export function createSuggest(warehouses: readonly string[] | null): Suggest {
  const known = {
    unknown_sku: nearSkus(),
    unknown_supplier: nearCodes((db) => supplierCodesRead(db, CODES_MAX)),
    unknown_warehouse: nearCodes((db) => warehouseCodesRead(db, { warehouses, limit: CODES_MAX })),
  };
  return async (db, faults) => {
    for (const [code, names] of Object.entries(known)) {
      const unknown = faults.filter((fault) => fault.code === code);
      await names.learn(
        db,
        unknown.map((fault) => fault.value),
      ); // one of three kinds of names a round
    }
    return faults.map((fault) => {
      const near = isNamed(fault.code) ? known[fault.code].find(fault.value) : nearUnit(fault);
      return near === undefined ? fault : { ...fault, near };
    });
  };
}

type Named = "unknown_sku" | "unknown_supplier" | "unknown_warehouse";

function isNamed(code: string): code is Named {
  return code === "unknown_sku" || code === "unknown_supplier" || code === "unknown_warehouse";
}

/** An item's units come with the fault, as JSON texts. */
function nearUnit({ code, value, known }: FoundFault): string | undefined {
  if (code !== "unknown_unit" || known === null) return undefined;
  return nearestName(value, JSON.parse(`[${known}]`) as string[]); // made by to_json in the query
}

interface NearNames {
  /** Looks up what is not looked up yet. */
  learn(db: Db, wanted: readonly string[]): Promise<void>;
  find(wanted: string): string | undefined;
}

function nearNames(lookUp: (db: Db, wanted: readonly string[]) => Promise<NameFinder>): NearNames {
  const found = new Map<string, string | undefined>();
  return {
    learn: async (db, wanted) => {
      const fresh = [...new Set(wanted)].filter((name) => !found.has(name));
      const looked = fresh.slice(0, NAMES_MAX - found.size);
      if (looked.length === 0) return;
      const finder = await lookUp(db, looked);
      for (const name of looked) found.set(name, finder(name));
    },
    find: (wanted) => found.get(wanted),
  };
}

/** All names of a short list. */
function nearCodes(read: (db: Db) => Promise<string[]>): NearNames {
  let finder: NameFinder | undefined;
  return nearNames(async (db) => {
    finder ??= createNameFinder(await read(db));
    return finder;
  });
}

function nearSkus(): NearNames {
  let all: NameFinder | "too many" | undefined;
  return nearNames(async (db, wanted) => {
    all ??= await allSkus(db);
    if (all !== "too many") return all;
    const near = new Map(wanted.map((name): [string, string[]] => [name, []]));
    for (const row of await nearSkusRead(db, wanted)) near.get(row.wanted)?.push(row.sku);
    return (name) => nearestName(name, near.get(name) ?? []);
  });
}

async function allSkus(db: Db): Promise<NameFinder | "too many"> {
  const skus = await someSkusRead(db, LISTED_MAX + 1);
  return skus.length > LISTED_MAX ? "too many" : createNameFinder(skus);
}
