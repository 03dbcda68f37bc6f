/** /v1/items over the whole application: the shared entity machinery is tested here once, on items. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../../platform/clock.ts";
import { type CatalogueHarness, createCatalogueHarness } from "../../support/catalogueHarness.ts";

let api: CatalogueHarness;

beforeAll(async () => {
  api = await createCatalogueHarness();
});
afterAll(() => api.close());

const anItem = (sku: string, more: object = {}) =>
  api.create("/v1/items", { sku, name: `Item ${sku}`, ...more });

describe("creating an item", () => {
  test("answers 201 with Location and ETag, and what was given, exactly", async () => {
    const body = {
      sku: " BOLT-1 ",
      name: "Bolt",
      cost: 2.5,
      price: "10000000000000.9999",
      currency: "EUR",
      category: "hardware",
    };
    const answer = await api.request("POST", "/v1/items", { body });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("location")).toBe(`/v1/items/${answer.body.id}`);
    expect(answer.headers.get("etag")).toBe('"1"');
    expect(answer.body).toMatchObject({
      sku: "BOLT-1",
      unit: "each",
      cost: "2.5",
      price: "10000000000000.9999",
      currency: "EUR",
      tracking: "none",
      status: "active",
      description: null,
      version: 1,
    });
    expect(await api.eventTypes(answer.body.id)).toEqual(["stockline.item.created"]);
    const read = await api.request("GET", `/v1/items/${answer.body.id}`);
    expect(read.body).toEqual(answer.body);
  });

  test("refuses a SKU that exists, naming it", async () => {
    await anItem("TWICE");
    const answer = await api.request("POST", "/v1/items", { body: { sku: "TWICE", name: "x" } });
    expect(answer.status).toBe(409);
    expect(answer.body.code).toBe("already_exists");
    expect(answer.body.detail).toContain('item "TWICE" exists already');
  });

  test.each([
    ["case", "Confuse-A", "CONFUSE-a"],
    ["width", "WIDTH-1", "ＷＩＤＴＨ-1"],
    ["look-alike spaces", "SPACE 1", "SPACE\u00a01"],
    ["the number of spaces", "GAP 1", "GAP  1"],
  ])("refuses a SKU that differs from a live one by %s", async (_what, first, second) => {
    await anItem(first);
    const answer = await api.request("POST", "/v1/items", { body: { sku: second, name: "x" } });
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: "sku_confusable", existing_sku: first });
  });

  test("takes a look-alike of an archived SKU", async () => {
    const { id } = await anItem("OLD-x");
    await api.request("POST", `/v1/items/${id}/archive`);
    await anItem("OLD-X");
  });

  test("two look-alikes at the same time make one item", async () => {
    const skus = ["RACE-1", "race-1", "Race-1", "rACE-1"];
    const answers = await Promise.all(
      skus.map((sku) => api.request("POST", "/v1/items", { body: { sku, name: "x" } })),
    );
    expect(answers.map((answer) => answer.status).sort((a, b) => a - b)).toEqual([
      201, 409, 409, 409,
    ]);
  });

  test("names every fault by pointer", async () => {
    const body = { sku: "", cost: "1.23456", currency: "euro", tracking: "maybe", colour: "red" };
    const answer = await api.request("POST", "/v1/items", { body });
    expect(answer.status).toBe(422);
    const pointers = answer.body.errors.map((fault: { pointer: string }) => fault.pointer).sort();
    expect(pointers).toEqual(["/colour", "/cost", "/currency", "/name", "/sku", "/tracking"]);
  });

  test("a repeated request makes one item, also when the kept answer was lost", async () => {
    const request = {
      body: { sku: "ONCE", name: "Once" },
      headers: { "idempotency-key": newId() },
    };
    const first = await api.request("POST", "/v1/items", request);
    const replayed = await api.request("POST", "/v1/items", request);
    expect(replayed.headers.get("idempotency-replayed")).toBe("true");
    expect(replayed.body).toEqual(first.body);
    await api.context.db.query("delete from idempotency_keys");
    const again = await api.request("POST", "/v1/items", request);
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect(await api.eventTypes(first.body.id)).toEqual(["stockline.item.created"]);
  });

  test("is refused to roles that may not write the catalogue", async () => {
    const body = { sku: "NO", name: "no" };
    expect((await api.request("POST", "/v1/items", { body, role: "buyer" })).status).toBe(403);
    expect((await api.request("POST", "/v1/items", { body, role: "none" })).status).toBe(401);
  });
});

describe("addressing an item", () => {
  test("works by id and by sku:, also with a slash and beyond ASCII", async () => {
    const item = await anItem("Größe/1 %");
    const path = `/v1/items/sku:${encodeURIComponent("Größe/1 %")}`;
    const bySku = await api.request("GET", path, { role: "viewer" });
    expect(bySku.status).toBe(200);
    expect(bySku.body.id).toBe(item.id);
    expect((await api.request("GET", `/v1/items/${item.id.toUpperCase()}`)).status).toBe(200);
  });

  test.each(["/v1/items/sku:NONE", "/v1/items/NONE", `/v1/items/${newId()}`])(
    "answers 404 for %s",
    async (path) => {
      const answer = await api.request("GET", path);
      expect(answer.status).toBe(404);
      expect(answer.body.code).toBe("not_found");
    },
  );
});

describe("patching an item", () => {
  test("changes the given fields alone, clears by null, and raises the version", async () => {
    const item = await anItem("PATCH-1", { category: "a", cost: "3" });
    const answer = await api.request("PATCH", "/v1/items/sku:PATCH-1", {
      body: { name: "New", category: null },
      headers: { "if-match": '"1"' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("etag")).toBe('"2"');
    expect(answer.body).toEqual({
      ...item,
      name: "New",
      category: null,
      version: 2,
      updated_at: answer.body.updated_at,
    });
    expect(await api.eventTypes(item.id)).toContain("stockline.item.updated");
  });

  test("a stale write is 412 and changes nothing", async () => {
    const item = await anItem("STALE");
    const patch = (name: string) =>
      api.request("PATCH", `/v1/items/${item.id}`, {
        body: { name },
        headers: { "if-match": '"1"' },
      });
    const answers = await Promise.all([patch("a"), patch("b"), patch("c")]);
    expect(answers.map((answer) => answer.status).sort((a, b) => a - b)).toEqual([200, 412, 412]);
    const stale = answers.find((answer) => answer.status === 412);
    expect(stale?.body).toMatchObject({ code: "stale_version" });
    expect(stale?.body.detail).toContain('item "STALE" is at version 2, If-Match named 1');
  });

  test("without If-Match it is unconditional, and a broken If-Match is 400", async () => {
    const item = await anItem("FREE");
    const path = `/v1/items/${item.id}`;
    expect((await api.request("PATCH", path, { body: { name: "x" } })).body.version).toBe(2);
    const broken = await api.request("PATCH", path, {
      body: { name: "y" },
      headers: { "if-match": "2" },
    });
    expect(broken.status).toBe(400);
  });

  test("a tag that is well-formed and not ours is stale", async () => {
    const item = await anItem("FOREIGN-TAG");
    for (const tag of ['"abc"', '"99999999999"', '""']) {
      const answer = await api.request("PATCH", `/v1/items/${item.id}`, {
        body: { name: "y" },
        headers: { "if-match": tag },
      });
      expect([answer.status, answer.body.code]).toEqual([412, "stale_version"]);
    }
  });

  test("a new SKU is found at once, the old one no longer", async () => {
    const item = await anItem("NAME-OLD");
    await api.request("PATCH", `/v1/items/${item.id}`, { body: { sku: "NAME-NEW" } });
    expect((await api.request("GET", "/v1/items/sku:NAME-OLD")).status).toBe(404);
    expect((await api.request("GET", "/v1/items/sku:NAME-NEW")).status).toBe(200);
    await anItem("NAME-OTHER");
    const taken = await api.request("PATCH", `/v1/items/${item.id}`, {
      body: { sku: "NAME-OTHER" },
    });
    expect(taken.status).toBe(409);
    const caseOnly = await api.request("PATCH", `/v1/items/${item.id}`, {
      body: { sku: "Name-New" },
    });
    expect(caseOnly.status).toBe(200);
  });
});

describe("archiving an item", () => {
  test("leaves it readable and out of lists; DELETE is the same, and twice is once", async () => {
    const item = await anItem("ARCH-1");
    const path = `/v1/items/${item.id}`;
    const archived = await api.request("DELETE", path);
    expect(archived.status).toBe(200);
    expect(archived.body.status).toBe("archived");
    expect((await api.request("POST", `${path}/archive`)).body).toEqual(archived.body);
    expect((await api.request("GET", path)).body.status).toBe("archived");
    const listed = async (status: string) =>
      (await api.request("GET", `/v1/items?sku=ARCH-1${status}`)).body.data.length;
    expect(await listed("")).toBe(0);
    expect(await listed("&status=archived")).toBe(1);
    expect(await listed("&status=all")).toBe(1);
    expect(await listed("&status=active")).toBe(0);
    expect(await api.eventTypes(item.id)).toEqual([
      "stockline.item.created",
      "stockline.item.archived",
    ]);
    const restored = await api.request("PATCH", path, { body: { status: "active" } });
    expect(restored.body.status).toBe("active");
  });

  test("is refused while stock is on hand, with the reason", async () => {
    const item = await anItem("USED");
    const warehouse = await api.create("/v1/warehouses", { code: "USED-W", name: "W" });
    const level = { itemId: item.id, warehouseId: warehouse.id };
    await api.enter({ ...level, quantity: 3 });
    const answer = await api.request("POST", `/v1/items/${item.id}/archive`);
    expect(answer.status).toBe(409);
    expect(answer.body.code).toBe("in_use");
    expect(answer.body.detail).toContain("1 stock levels that are not zero");
    const other = await api.request("DELETE", `/v1/warehouses/${warehouse.id}`);
    expect(other.body.code).toBe("in_use");
    await api.enter({ ...level, quantity: -3 });
    expect((await api.request("DELETE", `/v1/items/${item.id}`)).status).toBe(200);
  });

  test("is refused while a purchase order is open", async () => {
    const item = await anItem("ORDERED");
    const warehouse = await api.create("/v1/warehouses", { code: "ORD-W", name: "W" });
    const supplier = await api.create("/v1/suppliers", { code: "ORD-S", name: "S" });
    const order = newId();
    const { db } = api.context;
    await db.query(
      `insert into purchase_orders (id, supplier_id, warehouse_id, created_by) values ($1, $2, $3, 'x')`,
      [order, supplier.id, warehouse.id],
    );
    await db.query(
      `insert into purchase_order_lines (id, purchase_order_id, line_number, item_id, quantity)
       values ($1, $2, 1, $3, 5)`,
      [newId(), order, item.id],
    );
    const paths = [
      `/v1/items/${item.id}`,
      `/v1/warehouses/${warehouse.id}`,
      "/v1/suppliers/code:ORD-S",
    ];
    for (const path of paths) expect((await api.request("DELETE", path)).body.code).toBe("in_use");
    await db.query("update purchase_orders set status = 'cancelled' where id = $1", [order]);
    for (const path of paths) expect((await api.request("DELETE", path)).status).toBe(200);
  });
});

describe("listing items", () => {
  test("pages by cursor without a gap or a repeat, also while items are added", async () => {
    for (let n = 0; n < 7; n += 1) await anItem(`PAGE-${n}`, { category: "paged" });
    const first = await api.request("GET", "/v1/items?category=paged&limit=3");
    expect(first.body.data).toHaveLength(3);
    await anItem("PAGE-0a", { category: "paged" });
    const seen: string[] = first.body.data.map((item: { sku: string }) => item.sku);
    let cursor: string | null = first.body.next_cursor;
    while (cursor !== null) {
      const page = await api.request("GET", `/v1/items?category=paged&limit=3&cursor=${cursor}`);
      seen.push(...page.body.data.map((item: { sku: string }) => item.sku));
      cursor = page.body.next_cursor;
    }
    expect(seen).toEqual(Array.from({ length: 7 }, (_, n) => `PAGE-${n}`));
  });

  test("searches SKU, name and barcode, taking % and _ as letters", async () => {
    await anItem("FIND-100%", { barcode: "4006381333931" });
    await anItem("FIND-100x");
    const find = async (q: string) =>
      (await api.request("GET", `/v1/items?q=${encodeURIComponent(q)}`)).body.data.map(
        (item: { sku: string }) => item.sku,
      );
    expect(await find("find-100%")).toEqual(["FIND-100%"]);
    expect(await find("4006381333931")).toEqual(["FIND-100%"]);
    expect(await find("FIND_100")).toEqual([]);
  });

  test.each([
    ["cursor=x", "cursor_invalid"],
    ["limit=501", "too_big"],
    ["status=gone", "not_allowed"],
  ])("refuses ?%s", async (query, code) => {
    const answer = await api.request("GET", `/v1/items?${query}`);
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].code).toBe(code);
  });
});
