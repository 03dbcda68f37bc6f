// The year 2025 of the wholesaler, day by day: opening receipts, Monday transfers, Wednesday
// deliveries, sales with a weekly and a yearly season, returns, scrap and stock corrections.
// Rows come out in time order and no level ever goes below zero. Quantities: whole hundredths.

const firstDay = Date.UTC(2025, 0, 2);
const lastDay = Date.UTC(2025, 11, 31);
const dayMs = 86_400_000;
/** Share of the week's sales by weekday, Sunday first (closed). */
const weekdayShare = [0, 0.24, 0.19, 0.18, 0.17, 0.16, 0.06];
const losses = [
  "breakage in the aisle",
  "found behind the rack",
  "sample for a customer",
  "miscounted at receipt",
];

/** The movement rows of the year, and the stock on hand by "sku|warehouse" at its end. */
export function simulateYear({ pairs, warehouses, random }) {
  const year = { pairs, warehouses, random, stock: new Map(), rows: [], orders: [], serial: 1000 };
  year.byWarehouse = new Map(
    warehouses.map(({ code }) => [code, weighted(pairs.filter((pair) => pair.warehouse === code))]),
  );
  openStock(year);
  for (let day = firstDay; day <= lastDay; day += dayMs) {
    const weekday = new Date(day).getUTCDay();
    if (weekday === 1) reviewStock(year, day);
    if (weekday === 3) deliver(year, day);
    if (weekday !== 0) sell(year, day, weekday);
    if (weekday === 5) correct(year, day);
  }
  return { rows: year.rows, stock: year.stock };
}

function weighted(pairs) {
  let sum = 0;
  return pairs.map((pair) => ({ pair, upTo: (sum += pair.linesAWeek) }));
}

function openStock(year) {
  const at = timeOf(firstDay, 6 * 60);
  for (const pair of year.pairs) {
    const fill = pair.low + (pair.high - pair.low) * year.random.between(0.3, 1);
    const quantity = Math.ceil(fill / pair.item.pack) * pair.item.pack * 100;
    post(year, pair, {
      type: "receipt",
      quantity,
      unit_cost: pair.item.cost,
      reason: "opening stock",
      at,
    });
  }
}

/** Monday: what is low is helped out by a transfer from Rotterdam or ordered for Wednesday. */
function reviewStock(year, day) {
  let minute = 7 * 60;
  for (const pair of year.pairs) {
    if (onHand(year, pair) > pair.low * 100 || isOrdered(year, pair)) continue;
    const donor = pair.warehouse === "RTM" ? undefined : donorOf(year, pair);
    if (donor !== undefined && year.random.chance(0.35)) {
      const quantity = roundDown((pair.high * 100 - onHand(year, pair)) / 2, pair.item.step);
      const spare = onHand(year, donor) - donor.low * 200;
      if (quantity > 0 && spare >= quantity) {
        transfer(year, { from: donor, to: pair, quantity, at: timeOf(day, minute++) });
        continue;
      }
    }
    year.orders.push({ pair, number: `PO-25${String(++year.serial)}` });
  }
}

function donorOf(year, pair) {
  return year.pairs.find((one) => one.warehouse === "RTM" && one.item === pair.item);
}

function isOrdered(year, pair) {
  return year.orders.some((order) => order.pair === pair);
}

/** Wednesday: nine of ten orders arrive, the others a week later. */
function deliver(year, day) {
  const late = [];
  let minute = 6 * 60 + 30;
  for (const order of year.orders) {
    const { pair } = order;
    if (year.random.chance(0.1)) {
      late.push(order);
      continue;
    }
    const need = (pair.high * 100 - onHand(year, pair)) / 100;
    const quantity = Math.max(1, Math.ceil(need / pair.item.pack)) * pair.item.pack * 100;
    const monthsIn = new Date(day).getUTCMonth();
    const rise = 1 + monthsIn * 0.004 + year.random.between(-0.01, 0.01);
    const unit_cost = (Number(pair.item.cost) * rise).toFixed(2);
    post(year, pair, {
      type: "receipt",
      quantity,
      unit_cost,
      at: timeOf(day, minute),
      reference: ["purchase_order", order.number],
    });
    minute += year.random.chance(0.3) ? 1 : 0;
  }
  year.orders = late;
}

function sell(year, day, weekday) {
  const season = 1 + 0.18 * Math.cos(((day - Date.UTC(2025, 11, 5)) / dayMs / 365) * 2 * Math.PI);
  const orders = [];
  for (const { code } of year.warehouses) {
    const weekLines = year.byWarehouse.get(code).at(-1).upTo;
    let lines = Math.round(
      weekLines * weekdayShare[weekday] * season * year.random.between(0.8, 1.2),
    );
    while (lines > 0) {
      const size = Math.min(lines, year.random.whole(1, 6));
      orders.push({ code, size, minute: year.random.whole(8 * 60, 16 * 60 + 59) });
      lines -= size;
    }
  }
  orders.sort((left, right) => left.minute - right.minute);
  for (const order of orders) sellOrder(year, day, order);
}

function sellOrder(year, day, { code, size, minute }) {
  const number = `SO-25${String(++year.serial)}`;
  const lines = year.byWarehouse.get(code);
  for (let line = 0; line < size; line++) {
    const pair = pickWeighted(lines, year.random);
    const {
      line: [low, high],
      step,
    } = pair.item;
    const wanted = (low + (high - low) * year.random.next() ** 2) * 100;
    const quantity = Math.min(
      Math.max(step, roundDown(wanted, step)),
      roundDown(onHand(year, pair), step),
    );
    if (quantity <= 0) continue;
    const at = timeOf(day, minute);
    post(year, pair, { type: "issue", quantity, at, reference: ["sales_order", number] });
  }
}

function pickWeighted(lines, random) {
  const target = random.next() * lines.at(-1).upTo;
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle].upTo > target) high = middle;
    else low = middle + 1;
  }
  return lines[low].pair;
}

/** Friday evening: customers' returns, scrap, returns to suppliers and stock corrections. */
function correct(year, day) {
  const { random } = year;
  const kinds = [
    "return",
    "return",
    "return",
    "scrap",
    "scrap",
    "adjustment",
    "adjustment",
    "adjustment",
    "adjustment",
    "supplier_return",
  ];
  kinds.forEach((type, at) => {
    const pair = random.pick(year.pairs);
    const size = random.whole(1, 3) * 100;
    const available = onHand(year, pair);
    if (type !== "return" && available < size) return;
    post(year, pair, {
      type,
      at: timeOf(day, 17 * 60 + at * 3),
      ...correction(type, size, random),
    });
  });
}

function correction(type, size, random) {
  if (type === "return") return { quantity: size, reason: "unopened, returned by customer" };
  if (type === "scrap") return { quantity: size, reason: "damaged beyond sale" };
  if (type === "supplier_return") return { quantity: size, reason: "wrong goods delivered" };
  const reason = random.pick(losses);
  const found = reason === "found behind the rack";
  return { quantity: found ? size : -size, reason };
}

function transfer(year, { from, to, quantity, at }) {
  post(year, from, { type: "transfer", quantity, at, to, reason: "weekly balance" });
}

const signs = {
  receipt: 1,
  return: 1,
  adjustment: 1,
  issue: -1,
  scrap: -1,
  supplier_return: -1,
  transfer: -1,
};

function post(year, pair, { type, quantity, unit_cost, reason, reference = [], to, at }) {
  add(year, pair, signs[type] * quantity);
  if (to !== undefined) add(year, to, quantity);
  year.rows.push({
    type,
    sku: pair.item.sku,
    warehouse: pair.warehouse,
    to_warehouse: to?.warehouse,
    quantity,
    unit_cost,
    currency: unit_cost === undefined ? undefined : "EUR",
    reference_type: reference[0],
    reference_id: reference[1],
    reason,
    occurred_at: at,
  });
}

function add(year, pair, change) {
  const after = onHand(year, pair) + change;
  if (after < 0)
    throw new Error(`${keyOf(pair)} would fall to ${after} hundredths; expected >= 0.`);
  year.stock.set(keyOf(pair), after);
}

const keyOf = (pair) => `${pair.item.sku}|${pair.warehouse}`;
const onHand = (year, pair) => year.stock.get(keyOf(pair)) ?? 0;
const roundDown = (hundredths, step) => Math.floor(hundredths / step) * step;

/** A moment of a day in RFC 3339, UTC. */
function timeOf(day, minute) {
  return new Date(day + minute * 60_000).toISOString().replace(".000Z", "Z");
}
