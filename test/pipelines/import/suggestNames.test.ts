/** Suggestions for names that do not exist, looked up in a real catalogue: near ones, never hidden ones, and never too many. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plainCode } from "../../../pipelines/import/nearest.ts";
import type { FoundFault } from "../../../pipelines/import/queries/rows.ts";
import { createSuggest } from "../../../pipelines/import/suggestNames.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";

let harness: ApiHarness;

beforeAll(async () => {
  harness = await createApiHarness();
  const { db } = harness.context;
  await seedItems(db, ["AB12", "BOLT", "Ünit-7"]);
  await seedWarehouses(db, ["MAIN", "MAIN2", "NORTH"]);
  await db.query("insert into suppliers (id, code, name) values (make_uuid7(), 'ACME', 'Acme')");
});
afterAll(() => harness.close());

function fault(code: string, value: string, known: string | null = null): FoundFault {
  return { row_number: 2, column_name: "x", code, value, known };
}

async function near(fault: FoundFault, warehouses: readonly string[] | null = null) {
  const [found] = await createSuggest(warehouses)(harness.context.db, [fault]);
  return found?.near;
}

describe("suggestions", () => {
  test("name the item, supplier, warehouse or unit that was meant", async () => {
    expect(await near(fault("unknown_sku", "AB-12"))).toBe("AB12");
    expect(await near(fault("unknown_sku", "BOTL"))).toBe("BOLT");
    expect(await near(fault("unknown_sku", "nothing like it"))).toBeUndefined();
    expect(await near(fault("unknown_supplier", "Acme "))).toBe("ACME");
    expect(await near(fault("unknown_warehouse", "NORHT"))).toBe("NORTH");
    expect(await near(fault("unknown_unit", "bx", '"each", "box"'))).toBe("box");
    expect(await near(fault("item_archived", "AB-12"))).toBeUndefined();
  });

  test("never name a warehouse that the sender may not see", async () => {
    expect(await near(fault("unknown_warehouse", "MAIN3"), ["MAIN2", "NORTH"])).toBe("MAIN2");
    expect(await near(fault("unknown_warehouse", "MAIN3"), ["NORTH"])).toBeUndefined();
  });

  test("never name an archived item", async () => {
    const { db } = harness.context;
    await db.query("update inventory_items set status = 'archived' where sku = 'BOLT'");
    expect(await near(fault("unknown_sku", "BOTL"))).toBeUndefined();
    await db.query("update inventory_items set status = 'active' where sku = 'BOLT'");
  });

  test("come for the first thousand different names only", async () => {
    const suggest = createSuggest(null);
    const { db } = harness.context;
    const many = Array.from({ length: 1_000 }, (_, nth) => fault("unknown_sku", `nope ${nth}`));
    expect(await suggest(db, many)).toHaveLength(1_000);
    const [late] = await suggest(db, [fault("unknown_sku", "AB-12")]);
    expect(late?.near).toBeUndefined();
  });

  test("are found by the index where the catalogue is too large to compare as a whole", async () => {
    const { db } = harness.context;
    await db.query(
      `insert into inventory_items (id, sku, name, lane)
       select id, 'SKU-' || lpad(nth::text, 6, '0'), 'x', lane_of(id)
       from (select make_uuid7() as id, nth * 17 as nth from generate_series(1, 5000) nth) made`,
    );
    const suggest = createSuggest(null);
    const wanted = ["sku 000017", "SKU-00O017", "AB-12", "AB 12", "SKU-0000177", "ünit/7"];
    const found = await suggest(
      db,
      wanted.map((value) => fault("unknown_sku", value)),
    );
    expect(found.map((one) => one.near)).toEqual([
      "SKU-000017",
      "SKU-000017",
      "AB12",
      "AB12",
      "SKU-000017",
      "Ünit-7",
    ]);
  });

  test("the database's plain_code and ours are the same", async () => {
    const codes = ["AB-12", "ａｂ１２", " Ab_1.2/3\\4#5-", "Ünit 7", "ﬁx", "x\u00a0y"];
    const { rows } = await harness.context.db.query<{ plain: string }>(
      "select plain_code(code) as plain from unnest($1::text[]) with ordinality c (code, nth) order by nth",
      [codes],
    );
    expect(rows.map((row) => row.plain)).toEqual(codes.map(plainCode));
  });
});
