/**
 * Random import files with the fate of each row worked out in plain code that shares nothing with the product: which rows are not
 * valid, which the ledger refuses, and what levels or entities the others lead to. Rows are fed in the order of the file.
 */
import type { Random } from "./faultRun.ts";

/** What becomes of a row when everything before it was fed. */
export type Fate = "applied" | "invalid" | "rejected" | "skipped";

export interface ModelRow {
  readonly cells: readonly string[];
  /** Wrong by itself or by what it names: known before anything is applied. */
  readonly isInvalid: boolean;
  /** Feeds the row to the model; the row is valid. */
  readonly feed: (state: ModelState) => Fate;
}

/** Levels or entities by name, as text; what a file never names is not in it. */
export type ModelState = Map<string, string>;

export interface ModelFile {
  readonly kind: string;
  readonly header: readonly string[];
  readonly rows: readonly ModelRow[];
}

/** What a run may name: its own SKUs and suppliers, so that runs do not meet, and warehouses that all share. */
export interface ModelWorld {
  readonly tag: string;
  readonly skus: readonly string[];
  readonly suppliers: readonly string[];
}

const WAREHOUSES = ["MAIN", "EAST"];
type Maker = (random: Random, world: ModelWorld, rows: number) => ModelFile;

/** Quantities scaled by 10^4, as the product prints them. */
function fixed(scaled: number): string {
  return String(scaled / 10_000);
}

function level(state: ModelState, place: string): number {
  return Math.round(Number(state.get(place) ?? "0") * 10_000);
}

const BAD_QUANTITIES = ["", "many", "0.00001", "1,2,3", "1e99"];

const movements: Maker = (random, world, count) => {
  const rows: ModelRow[] = [];
  for (let n = 0; n < count; n += 1) {
    // Equal rows are as many movements, unless an id makes them one.
    const isRepeat = rows.length > 0 && random.next() < 0.1;
    rows.push(isRepeat ? random.pick(rows) : movementRow(random, world, n));
  }
  const header = ["type", "sku", "warehouse", "to_warehouse", "quantity", "id"];
  return { kind: "movements", header, rows };
};

function movementRow(random: Random, world: ModelWorld, n: number): ModelRow {
  const id = random.next() < 0.2 ? uuidOf(world.tag, n) : "";
  const line = random.next() < 0.8 ? goodLine(random, world) : anyLine(random, world);
  const cells = [line.type, line.sku, line.warehouse, line.to, line.quantity, id];
  return {
    cells,
    isInvalid: isWrongLine(line, world),
    feed: (state) => feedMovement(state, cells),
  };
}

interface Line {
  readonly type: string;
  readonly sku: string;
  readonly warehouse: string;
  readonly to: string;
  readonly quantity: string;
}

const TYPES = ["receipt", "receipt", "issue", "transfer", "adjustment", "return", "scrap"];

function goodLine(random: Random, { skus }: ModelWorld): Line {
  const type = random.pick(TYPES);
  const warehouse = random.pick(WAREHOUSES);
  const sign = type === "adjustment" && random.next() < 0.5 ? "-" : "";
  const quantity = `${sign}${random.between(1, 20)}.${random.between(1, 9)}`;
  const to = type === "transfer" ? otherThan(warehouse) : "";
  return { type, sku: random.pick(skus), warehouse, to, quantity };
}

/** Mostly wrong in one or more places. */
function anyLine(random: Random, world: ModelWorld): Line {
  const line = goodLine(random, world);
  const warehouse = random.pick([...WAREHOUSES, "NOWHERE", ""]);
  const type = random.pick(["receipt", "issue", "sell", "transfer"]);
  return {
    type,
    sku: random.pick([line.sku, `${world.tag}-NO`, ""]),
    warehouse,
    to: type === "transfer" ? random.pick([otherThan(warehouse), warehouse, ""]) : "",
    quantity: random.pick(["7.5", "-3", "0", ...BAD_QUANTITIES]),
  };
}

function otherThan(warehouse: string): string {
  return warehouse === "MAIN" ? "EAST" : "MAIN";
}

function isWrongLine({ type, sku, warehouse, to, quantity }: Line, world: ModelWorld): boolean {
  const named = TYPES.includes(type) && world.skus.includes(sku) && WAREHOUSES.includes(warehouse);
  if (!named || !isPlainNumber(quantity)) return true;
  if (type === "transfer" && to !== otherThan(warehouse)) return true;
  return type === "adjustment" ? Number(quantity) === 0 : Number(quantity) <= 0;
}

function isPlainNumber(text: string): boolean {
  return /^-?\d{1,9}(\.\d{1,4})?$/.test(text);
}

function uuidOf(tag: string, n: number): string {
  const hex = Buffer.from(tag).toString("hex").slice(-8).padStart(8, "0");
  return `${hex}-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
}

/** By id first: the same again changes nothing. Ids are kept in the state beside the levels. */
function feedMovement(state: ModelState, cells: readonly string[]): Fate {
  const [type = "", sku, warehouse, to, quantity = "", id = ""] = cells;
  if (id !== "") {
    if (state.has(`id ${id}`)) return "skipped";
    state.set(`id ${id}`, "");
  }
  const from = `${sku}/${warehouse}`;
  const amount = Math.round(Number(quantity) * 10_000);
  const change = ["issue", "scrap", "transfer"].includes(type) ? -amount : amount;
  const after = level(state, from) + change;
  if (after < 0) return "rejected";
  state.set(from, fixed(after));
  if (type === "transfer") state.set(`${sku}/${to}`, fixed(level(state, `${sku}/${to}`) + amount));
  return "applied";
}

const counts: Maker = (random, world, rows) => ({
  kind: "counts",
  header: ["sku", "warehouse", "quantity"],
  rows: list(rows, () => {
    const good = random.next() < 0.85;
    const sku = good ? random.pick(world.skus) : random.pick([...world.skus, `${world.tag}-NO`]);
    const warehouse = random.pick(good ? WAREHOUSES : [...WAREHOUSES, "NOWHERE"]);
    const plain = `${random.between(0, 300)}.5`;
    const quantity = good ? plain : random.pick([plain, "-1", ...BAD_QUANTITIES]);
    const isInvalid =
      !world.skus.includes(sku) ||
      !WAREHOUSES.includes(warehouse) ||
      !isPlainNumber(quantity) ||
      Number(quantity) < 0;
    return {
      cells: [sku, warehouse, quantity],
      isInvalid,
      feed: (state) => {
        state.set(`${sku}/${warehouse}`, fixed(Math.round(Number(quantity) * 10_000)));
        return "applied";
      },
    };
  }),
});

/** Entities: the first good row of a key counts; an empty cell leaves what is stored, of a new entity what it begins with. */
function entityMaker(
  kind: string,
  header: readonly string[],
  line: (random: Random, world: ModelWorld, n: number) => { cells: string[]; isWrong: boolean },
  { keys, fresh = [] }: { readonly keys: number; readonly fresh?: readonly string[] },
): Maker {
  return (random, world, rows) => {
    const taken = new Set<string>();
    return {
      kind,
      header,
      rows: list(rows, (n) => {
        const { cells, isWrong } = line(random, world, n);
        const key = cells.slice(0, keys).join("/");
        const isInvalid = isWrong || taken.has(key);
        if (!isInvalid) taken.add(key);
        return {
          cells,
          isInvalid,
          feed: (state) => {
            const stored = JSON.parse(state.get(key) ?? JSON.stringify(fresh)) as string[];
            const merged = cells.slice(keys).map((cell, at) => (cell === "" ? stored[at] : cell));
            state.set(key, JSON.stringify(merged.map((cell) => cell ?? "")));
            return "applied";
          },
        };
      }),
    };
  };
}

const items = entityMaker(
  "items",
  ["sku", "name", "category", "cost"],
  (random, world, n) => {
    const sku = random.pick([
      `${world.tag}-N${n}`,
      `${world.tag}-N${n}`,
      random.pick(world.skus),
      "",
    ]);
    // A row of nothing but empty cells would be none.
    const name = sku === "" || random.next() < 0.93 ? `Name "${n}", new` : "";
    const cost = random.pick(["", "1.5", "20", "many", "0.00001"]);
    const isWrong = sku === "" || name === "" || ["many", "0.00001"].includes(cost);
    return { cells: [sku, name, random.pick(["", "A", "B\nC"]), cost], isWrong };
  },
  { keys: 1 },
);

const suppliers = entityMaker(
  "suppliers",
  ["code", "name", "city", "lead_time_days"],
  (random, world, n) => {
    const code = random.pick([`${world.tag}-S${n}`, random.pick(world.suppliers)]);
    const days = random.pick(["", "7", "0", "soon", "-1", "1.5"]);
    const isWrong = ["soon", "-1", "1.5"].includes(days);
    return { cells: [code, `Supplier ${n}`, random.pick(["", "Zürich", "東京"]), days], isWrong };
  },
  { keys: 1 },
);

const supplierItems = entityMaker(
  "supplier_items",
  ["supplier", "sku", "supplier_sku", "moq"],
  (random, world) => {
    const supplier = random.pick([...world.suppliers, `${world.tag}-NO`]);
    const sku = random.pick([...world.skus, ...world.skus, `${world.tag}-NO`]);
    const moq = random.pick(["", "5", "2.5", "0", "many"]);
    const isWrong =
      !world.suppliers.includes(supplier) ||
      !world.skus.includes(sku) ||
      ["0", "many"].includes(moq);
    return { cells: [supplier, sku, random.pick(["", "X-1"]), moq], isWrong };
  },
  { keys: 2, fresh: ["", "1"] },
);

const policies = entityMaker(
  "reorder_policies",
  ["sku", "warehouse", "method", "min", "max"],
  (random, world) => {
    const sku = random.pick([...world.skus, ...world.skus, `${world.tag}-NO`]);
    const warehouse = random.pick([...WAREHOUSES, ...WAREHOUSES, "NOWHERE"]);
    const min = random.between(1, 30);
    const max = random.between(1, 60);
    const method = random.pick(["min_max", "min_max", "min_max", "guess"]);
    const isWrong =
      method === "guess" ||
      max < min ||
      !world.skus.includes(sku) ||
      !WAREHOUSES.includes(warehouse);
    return { cells: [sku, warehouse, method, String(min), String(max)], isWrong };
  },
  { keys: 2 },
);

/** Orders of up to four rows that stand together; one wrong row keeps its whole order out. */
const orders: Maker = (random, world, count) => {
  const rows: ModelRow[] = [];
  for (let nth = 0; rows.length < count; nth += 1) {
    const number = `${world.tag}-PO${nth}`;
    const lines = list(random.between(1, Math.min(4, count - rows.length)), () =>
      orderLine(random, world),
    );
    const skus = lines.map(({ sku }) => sku);
    const isInvalid = lines.some(({ isWrong }) => isWrong) || new Set(skus).size < skus.length;
    const supplier = random.pick(world.suppliers);
    for (const { sku, quantity } of lines) {
      rows.push({
        cells: [number, supplier, "MAIN", sku, quantity],
        isInvalid,
        feed: (state) => {
          const [before = ""] = JSON.parse(state.get(number) ?? "[]") as string[];
          const known = before === "" ? [] : before.split(", ");
          const all = [...known, `${sku} ${Number(quantity)}`].sort();
          state.set(number, JSON.stringify([all.join(", ")]));
          return "applied";
        },
      });
    }
  }
  return {
    kind: "purchase_orders",
    header: ["order", "supplier", "warehouse", "sku", "quantity"],
    rows,
  };
};

function orderLine(random: Random, world: ModelWorld) {
  const sku = random.pick([...world.skus, ...world.skus, `${world.tag}-NO`]);
  const quantity = random.pick(["3", "2.5", "40", "7.25", "12.5", "0"]);
  return { sku, quantity, isWrong: !world.skus.includes(sku) || quantity === "0" };
}

const MAKERS: readonly Maker[] = [
  movements,
  movements,
  orders,
  counts,
  items,
  suppliers,
  supplierItems,
  policies,
];

/** A file of a random kind; where `rows` is 0 it has a header only. */
export function randomFile(random: Random, world: ModelWorld, rows: number): ModelFile {
  return random.pick(MAKERS)(random, world, rows);
}

function list<T>(rows: number, make: (n: number) => T): T[] {
  return Array.from({ length: rows }, (_, n) => make(n));
}

const FIGURES = new Set(["quantity", "cost", "moq", "min", "max", "lead_time_days"]);

/** The file as CSV in a random dialect. */
export function asDialect(random: Random, { header, rows }: ModelFile): string {
  const delimiter = random.pick([",", ";", "\t", "|"]);
  const end = random.pick(["\n", "\r\n"]);
  const always = random.next() < 0.3;
  const comma = delimiter !== "," && random.next() < 0.5;
  const write = (text: string, column: number) => {
    const isFigure = comma && FIGURES.has(header[column] ?? "") && /^-?\d+\.\d+$/.test(text);
    const cell = isFigure ? text.replace(".", ",") : text;
    return always || /["\n\r,;|\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  };
  const lines = [header, ...rows.map((row) => row.cells)].map((cells) =>
    cells.map(write).join(delimiter),
  );
  return lines.join(end) + random.pick(["", end]);
}
