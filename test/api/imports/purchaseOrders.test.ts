/** Purchase orders in files: rows of one number are one order, which goes in whole, as a draft or on its way, or not at all. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seedWarehouses } from "../../support/catalogue.ts";
import { createImportHarness, type ImportHarness } from "../../support/importHarness.ts";
import { builders } from "../../support/reorderStage.ts";

let harness: ImportHarness;
let make: ReturnType<typeof builders>;
let first: { id: string };

beforeAll(async () => {
  harness = await createImportHarness({ env: { PO_APPROVAL_LIMITS: "buyer=100,admin=none" } });
  const { db } = harness.context;
  make = builders(db);
  await seedWarehouses(db, ["MAIN", "NORTH"]);
  first = await make.item("BOLT");
  await make.item("NUT");
  await make.item("WASHER");
  const acme = await make.supplier("ACME", { currency: "EUR", leadTimeDays: 7 });
  await make.supplier("OTHER", { currency: "USD" });
  await make.sells(acme, first.id, { unitCost: "0.25" });
});
afterAll(() => harness.close());

const HEADER = "order,supplier,warehouse,sku,quantity,unit_cost,currency,expected_on,status";

function file(...lines: string[]) {
  return { kind: "purchase_orders", content: [HEADER, ...lines, ""].join("\n") };
}

interface StoredOrder {
  number: string;
  status: string;
  supplier: string;
  currency: string | null;
  expected_on: string | null;
  version: number;
  approved: boolean;
  sent: boolean;
  lines: string[];
}

async function stored(number: string): Promise<StoredOrder | undefined> {
  const { rows } = await harness.context.db.query<StoredOrder>(
    `select o.number, o.status, s.code as supplier, o.currency, o.expected_on::text, o.version,
       o.approved_at is not null as approved, o.sent_at is not null as sent,
       array_agg(l.line_number || ' ' || i.sku || ' ' || trim_scale(l.quantity) || ' ' || coalesce(trim_scale(l.unit_cost)::text, '-')
         order by l.line_number) as lines
     from purchase_orders o
     join suppliers s on s.id = o.supplier_id
     join purchase_order_lines l on l.purchase_order_id = o.id
     join inventory_items i on i.id = l.item_id
     where o.number = $1
     group by o.id, s.code`,
    [number],
  );
  return rows[0];
}

async function eventsOf(number: string): Promise<string[]> {
  const { rows } = await harness.context.db.query<{ type: string }>(
    "select type from events where subject = $1 order by lane, position",
    [`purchase-orders/${number}`],
  );
  return rows.map((row) => row.type.replace("stockline.purchase_order.", ""));
}

// oxlint-disable-next-line typescript/no-explicit-any -- an import's answer is read freely
function sample(done: any): unknown[] {
  return done.errors_sample.map((row: { row: number; column: string; code: string }) => [
    row.row,
    row.column,
    row.code,
  ]);
}

describe("an order that is new", () => {
  test("is a draft with its lines in the order of the file, wherever they stand", async () => {
    const done = await harness.importFile(
      file(
        "N-1,ACME,MAIN,NUT,5,,,,",
        "N-2,OTHER,NORTH,BOLT,1,9.5,,2026-05-01,draft",
        "N-1,ACME,MAIN,BOLT,10,,,,",
        "N-1,ACME,MAIN,WASHER,2,0.01,,,",
      ),
    );
    expect(done).toMatchObject({ status: "completed", rows_total: 4, rows_applied: 4 });
    expect(await stored("N-1")).toMatchObject({
      status: "draft",
      supplier: "ACME",
      currency: "EUR",
      version: 1,
      lines: ["1 NUT 5 -", "2 BOLT 10 0.25", "3 WASHER 2 0.01"],
    });
    expect(await stored("N-2")).toMatchObject({
      currency: "USD",
      expected_on: "2026-05-01",
      lines: ["1 BOLT 1 9.5"],
    });
    expect(await eventsOf("N-1")).toEqual(["draft"]);
  });

  test("may be approved or sent, with the versions and events of the same steps over HTTP", async () => {
    const done = await harness.importFile(
      file("S-1,ACME,MAIN,BOLT,10,,,,sent", "A-1,ACME,MAIN,BOLT,10,,,,approved"),
    );
    expect(done).toMatchObject({ status: "completed", rows_applied: 2 });
    expect(await stored("S-1")).toMatchObject({
      status: "sent",
      version: 3,
      approved: true,
      sent: true,
    });
    expect(await stored("A-1")).toMatchObject({ status: "approved", version: 2, sent: false });
    expect(await eventsOf("S-1")).toEqual(["draft", "approved", "sent"]);
    const { rows } = await harness.context.db.query<{ on_order: string }>(
      "select trim_scale(sum(on_order))::text as on_order from stock_positions where item_id = $1",
      [first.id],
    );
    expect(rows[0]?.on_order).toBe("20");
  });

  test("takes a number of our own form, and the next drafts go round it", async () => {
    const done = await harness.importFile(
      file("PO-000001,ACME,MAIN,BOLT,1,,,,", "PO-000002,ACME,MAIN,BOLT,1,,,,"),
    );
    expect(done.rows_applied).toBe(2);
    const { rows } = await harness.context.db.query<{ number: string }>(
      `insert into purchase_orders (id, supplier_id, warehouse_id, created_by)
       select make_uuid7(), s.id, w.id, 'test' from suppliers s, warehouses w where s.code = 'ACME' and w.code = 'MAIN'
       returning number`,
    );
    expect(rows[0]?.number).toBe("PO-000003");
  });
});

describe("an order with a bad row", () => {
  test("stays out with all its rows, each naming the bad one; other orders go in", async () => {
    const done = await harness.importFile(
      file(
        "B-1,ACME,MAIN,BOLT,10,,,,",
        "B-1,ACME,MAIN,NUT,many,,,,",
        "B-2,ACME,MAIN,BOLT,1,,,,",
        "B-3,ACME,MAIN,BOTL,1,,,,",
        "B-3,ACME,MAIN,NUT,1,,,,",
        "B-4,ACME,MAIN,NUT,1,,,,received",
        "B-5,ACME,MAIN,NUT,1,,,,",
        "B-5,ACME,MAIN,NUT,2,,,,",
        "B-6,ACME,MAIN,NUT,1,,EUR,,",
        "B-6,OTHER,MAIN,BOLT,1,,,,",
        "B-6,ACME,MAIN,WASHER,1,,USD,,",
      ),
    );
    expect(done).toMatchObject({ status: "completed_with_errors", rows_applied: 1 });
    expect(done.rows_rejected).toBe(10);
    expect(sample(done)).toEqual([
      [2, "order", "order_incomplete"],
      [3, "quantity", "not_a_number"],
      [5, "sku", "unknown_sku"],
      [6, "order", "order_incomplete"],
      [7, "status", "not_allowed"],
      [8, "order", "order_incomplete"],
      [9, "sku", "duplicate_in_file"],
      [10, "order", "order_incomplete"],
      [11, "supplier", "order_mismatch"],
      [12, "currency", "order_mismatch"],
    ]);
    const details = Object.fromEntries(
      done.errors_sample.map((row: { row: number; detail: string }) => [row.row, row.detail]),
    );
    expect(details[2]).toContain("row 3 (not_a_number)");
    expect(details[5]).toContain('did you mean "BOLT"?');
    expect(details[11]).toContain('"ACME", as row 10 of the same order has');
    expect(await stored("B-1")).toBeUndefined();
    expect(await stored("B-2")).toMatchObject({ lines: ["1 BOLT 1 0.25"] });
    expect(await stored("B-6")).toBeUndefined();
  });

  test("of more lines than an order may have is refused, however many they are", async () => {
    const { db } = harness.context;
    await db.query(
      `insert into inventory_items (id, sku, name, lane)
       select id, 'MANY-' || nth, 'x', lane_of(id) from (select make_uuid7() as id, nth from generate_series(1, 1001) nth) made`,
    );
    const lines = Array.from({ length: 1_001 }, (_, nth) => `L-1,ACME,MAIN,MANY-${nth + 1},1,,,,`);
    const done = await harness.importFile(file(...lines, "L-2,ACME,MAIN,BOLT,1,,,,"));
    expect(done).toMatchObject({ rows_applied: 1, rows_rejected: 1_001 });
    expect(sample(done)[0]).toEqual([2, "order", "too_many_lines"]);
    expect(done.errors_sample[0]).toMatchObject({
      value: "L-1",
      detail:
        'order "L-1" is not valid; expected an order of at most 1,000 lines; it would have 1001; split it',
    });
    const fits = await harness.importFile(file(...lines.slice(1)));
    expect(fits).toMatchObject({ status: "completed", rows_applied: 1_000 });
  });
});

describe("an order that is there already", () => {
  test("takes new lines and changed ones while it is a draft, and keeps the others", async () => {
    await harness.importFile(
      file("D-1,ACME,MAIN,BOLT,10,,,2026-05-01,", "D-1,ACME,MAIN,NUT,5,1,,,"),
    );
    const done = await harness.importFile(
      file("D-1,ACME,MAIN,WASHER,3,,,2026-06-01,", "D-1,ACME,MAIN,NUT,6,,,,"),
    );
    expect(done).toMatchObject({ status: "completed", rows_applied: 2 });
    expect(await stored("D-1")).toMatchObject({
      version: 2,
      expected_on: "2026-06-01",
      lines: ["1 BOLT 10 0.25", "2 NUT 6 1", "3 WASHER 3 -"],
    });
    expect(await eventsOf("D-1")).toEqual(["draft", "updated"]);
  });

  test("changes nothing where the file says what is stored", async () => {
    const lines = ["U-1,ACME,MAIN,BOLT,10,0.25,EUR,2026-05-01,draft"];
    await harness.importFile(file(...lines));
    const done = await harness.importFile({ ...file(...lines, ""), force: true });
    expect(done).toMatchObject({ status: "completed", rows_applied: 1 });
    expect(await stored("U-1")).toMatchObject({ version: 1 });
    expect(await eventsOf("U-1")).toEqual(["draft"]);
  });

  test("goes on from draft where the file says so", async () => {
    await harness.importFile(file("G-1,ACME,MAIN,BOLT,10,,,,"));
    await harness.importFile(file("G-1,ACME,MAIN,BOLT,10,,,,sent"));
    expect(await stored("G-1")).toMatchObject({ status: "sent", version: 3 });
    expect(await eventsOf("G-1")).toEqual(["draft", "approved", "sent"]);
  });

  test("past draft takes rows that change nothing, and refuses the others", async () => {
    await harness.importFile(
      file("P-1,ACME,MAIN,BOLT,10,,,,sent", "P-2,ACME,MAIN,BOLT,10,,,,sent"),
    );
    const done = await harness.importFile(
      file("P-1,ACME,MAIN,BOLT,10,,,,", "P-2,ACME,MAIN,BOLT,11,,,,", "P-2,ACME,MAIN,NUT,1,,,,"),
    );
    expect(done).toMatchObject({ status: "completed_with_errors", rows_applied: 1 });
    expect(sample(done)).toEqual([
      [3, "quantity", "order_not_draft"],
      [4, "sku", "order_not_draft"],
    ]);
    expect(await stored("P-2")).toMatchObject({ lines: ["1 BOLT 10 0.25"] });
  });

  test("keeps its supplier and warehouse", async () => {
    await harness.importFile(file("K-1,ACME,MAIN,BOLT,10,,,,"));
    const done = await harness.importFile(
      file("K-1,OTHER,MAIN,BOLT,10,,,,", "K-1,OTHER,MAIN,NUT,10,,,,"),
    );
    expect(sample(done)).toEqual([
      [2, "supplier", "order_mismatch"],
      [3, "supplier", "order_mismatch"],
    ]);
  });
});

describe("a dry run", () => {
  test("tells what would be made, changed and left, and its commit does it", async () => {
    await harness.importFile(file("Y-1,ACME,MAIN,BOLT,10,,,,", "Y-2,ACME,MAIN,BOLT,10,,,,"));
    const dry = await harness.importFile({
      ...file(
        "Y-1,ACME,MAIN,BOLT,10,,,,",
        "Y-2,ACME,MAIN,BOLT,12,,,,",
        "Y-2,ACME,MAIN,NUT,1,,,,",
        "Y-3,ACME,MAIN,NUT,1,,,,",
      ),
      mode: "dry_run",
    });
    expect(dry).toMatchObject({ status: "completed", rows_skipped: 4 });
    expect(dry.preview).toMatchObject({
      creates: 2,
      updates: 1,
      unchanged: 1,
      orders: { creates: 1, updates: 1, unchanged: 1 },
    });
    expect(await stored("Y-3")).toBeUndefined();
    const { body } = await harness.request("POST", `/v1/imports/${dry.id}/commit`);
    expect(await harness.finished(body.id)).toMatchObject({ status: "completed", rows_applied: 4 });
    expect(await stored("Y-2")).toMatchObject({ lines: ["1 BOLT 12 0.25", "2 NUT 1 -"] });
  });

  test("whose order left draft meanwhile is committed without it", async () => {
    await harness.importFile(file("Z-1,ACME,MAIN,BOLT,10,,,,"));
    const dry = await harness.importFile({
      ...file("Z-1,ACME,MAIN,BOLT,12,,,,"),
      mode: "dry_run",
    });
    expect(dry.preview).toMatchObject({ updates: 1 });
    await harness.context.db.query(
      "update purchase_orders set status = 'sent' where number = 'Z-1'",
    );
    const { body } = await harness.request("POST", `/v1/imports/${dry.id}/commit`);
    const done = await harness.finished(body.id);
    expect(done).toMatchObject({ rows_applied: 0, rows_rejected: 1 });
    expect(sample(done)).toEqual([[2, "quantity", "order_not_draft"]]);
    expect(done.changed_since_preview).toMatchObject({ rows: 1 });
  });
});

describe("who may", () => {
  test("a buyer may import orders, an operator may not", async () => {
    const content = file("W-1,ACME,MAIN,BOLT,10,,,,");
    const refused = await harness.send(content, { role: "operator" });
    expect(refused).toMatchObject({ status: 403 });
    const scoped = { role: "service", scopes: ["purchasing:write", "read"] } as const;
    expect(await harness.importFile(content, scoped)).toMatchObject({ rows_applied: 1 });
  });

  test("a token limited to warehouses knows orders of the others by nothing but their taken number", async () => {
    await harness.importFile(file("V-1,ACME,MAIN,BOLT,10,,,,"));
    const done = await harness.importFile(
      file("V-1,ACME,NORTH,BOLT,1,,,,", "V-2,ACME,MAIN,BOLT,1,,,,", "V-3,ACME,NORTH,BOLT,1,,,,"),
      { role: "buyer", warehouses: ["NORTH"] },
    );
    expect(sample(done)).toEqual([
      [2, "order", "order_number_taken"],
      [3, "warehouse", "unknown_warehouse"],
    ]);
    expect(done.rows_applied).toBe(1);
  });
});

test("an order without a day is expected after the lead time in the supplier's working days", async () => {
  const calm = await make.supplier("CALM", { currency: "EUR", leadTimeDays: 1 });
  await harness.context.db.query(
    "update suppliers set working_days = '{wed}', holidays = '{2026-12-25}' where id = $1",
    [calm],
  );
  await harness.importFile(file("CAL-1,CALM,MAIN,BOLT,1,,,,"));
  const expected = (await stored("CAL-1"))?.expected_on ?? "";
  expect(new Date(`${expected}T00:00:00Z`).getUTCDay()).toBe(3);
});

test("today is the day at the order's warehouse", async () => {
  const { db } = harness.context;
  await make.supplier("SOON", { currency: "EUR", leadTimeDays: 0 });
  // 25 hours apart: whatever the time, they never have the same day
  const zones = { EAST: "Pacific/Kiritimati", WEST: "Pacific/Pago_Pago" };
  await seedWarehouses(db, Object.keys(zones));
  for (const [code, zone] of Object.entries(zones)) {
    await db.query({
      text: "update warehouses set time_zone = $2 where code = $1",
      values: [code, zone],
    });
  }
  const before = Date.now();
  await harness.importFile(file("EAST-1,SOON,EAST,BOLT,1,,,,", "WEST-1,SOON,WEST,BOLT,1,,,,"));
  for (const [code, zone] of Object.entries(zones)) {
    const days = [before, Date.now()].map((time) =>
      new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(time),
    );
    expect(days).toContain((await stored(`${code}-1`))?.expected_on);
  }
});

describe("limits of approval", () => {
  const buyer = { role: "buyer" } as const;

  test("hold for orders of a file that are past draft, as a whole, whoever else's lines are in them", async () => {
    await harness.importFile(file("CAP-4,ACME,MAIN,NUT,90,1,,,"));
    const done = await harness.importFile(
      file(
        "CAP-1,ACME,MAIN,BOLT,400,,,,sent", // 400 at the supplier's 0.25
        "CAP-2,ACME,MAIN,BOLT,400.0001,,,,approved",
        "CAP-3,ACME,MAIN,BOLT,400.0001,,,,draft",
        "CAP-4,ACME,MAIN,BOLT,41,,,,approved",
        "CAP-5,ACME,MAIN,NUT,1,,,,approved",
        "CAP-6,ACME,MAIN,NUT,60,1,,,sent",
        "CAP-6,ACME,MAIN,BOLT,161,,,,sent",
      ),
      buyer,
    );
    expect(done).toMatchObject({ status: "completed_with_errors", rows_applied: 2 });
    expect(sample(done)).toEqual([
      [3, "status", "approval_limit"],
      [5, "status", "approval_limit"],
      [6, "status", "approval_limit"],
      [7, "status", "approval_limit"],
      [8, "status", "approval_limit"],
    ]);
    expect(done.errors_sample[0].detail).toBe(
      'status "approved" is not valid; expected draft, or somebody who may approve the order to have the file applied: role buyer may approve orders up to 100 EUR; this one costs 100.000025',
    );
    expect(done.errors_sample[1].detail).toContain("this one costs 100.25");
    expect(done.errors_sample[2].detail).toContain("the cost of this one is not known");
    expect(await stored("CAP-1")).toMatchObject({ status: "sent" });
    expect(await stored("CAP-2")).toBeUndefined();
    expect(await stored("CAP-4")).toMatchObject({ status: "draft", lines: ["1 NUT 90 1"] });
    expect(await stored("CAP-6")).toBeUndefined();
  });

  test("are those of whoever commits a dry run, not of whoever sent it", async () => {
    const content = { ...file("CAP-7,ACME,MAIN,NUT,101,1,,,approved"), mode: "dry_run" } as const;
    const refused = await harness.importFile(content, buyer);
    expect(sample(refused)).toEqual([[2, "status", "approval_limit"]]);
    const foreseen = await harness.importFile(content);
    expect(foreseen).toMatchObject({ status: "completed", rows_invalid: 0 });
    const { body } = await harness.request("POST", `/v1/imports/${foreseen.id}/commit`, buyer);
    const done = await harness.finished(body.id);
    expect(sample(done)).toEqual([[2, "status", "approval_limit"]]);
    expect(await stored("CAP-7")).toBeUndefined();
  });
});
