/** /v1/warehouses: what is their own (locations, time zones, limited callers) and the nearest that can fulfil, on both kinds of server. */
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalPostgres } from "../../../local/postgres.ts";
import { migrate } from "../../../platform/migrate.ts";
import { type CatalogueHarness, createCatalogueHarness } from "../../support/catalogueHarness.ts";
import { startPostgis } from "../../support/postgis.ts";

let api: CatalogueHarness;
let postgis: LocalPostgres | undefined;
let onPostgis: CatalogueHarness | undefined;

beforeAll(async () => {
  api = await createCatalogueHarness();
  await addCities(api);
  postgis = await startPostgis();
  if (postgis === undefined) return;
  const { adminUrl, urlOf } = postgis;
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query("create database near owner stockline_owner");
  await client.end();
  const inNear = new pg.Client({ connectionString: urlOf("postgres", "near") });
  await inNear.connect();
  await inNear.query("create extension postgis");
  await inNear.end();
  await migrate({ databaseUrl: urlOf("owner", "near") });
  onPostgis = await createCatalogueHarness({
    DATABASE_URL: urlOf("writer", "near"),
    DATABASE_OWNER_URL: urlOf("owner", "near"),
    DATABASE_READ_URL: urlOf("reader", "near"),
  });
  await addCities(onPostgis);
});
afterAll(async () => {
  await api.close();
  await onPostgis?.close();
  await postgis?.stop();
});

/** Published coordinates of airports; DATE is on the other side of the date line from near points. */
const CITIES = [
  { code: "BNA", latitude: 36.12, longitude: -86.67 },
  { code: "LAX", latitude: 33.94, longitude: -118.4 },
  { code: "LHR", latitude: 51.4775, longitude: -0.461389 },
  { code: "SYD", latitude: -33.946111, longitude: 151.177222 },
  { code: "DATE", latitude: -17, longitude: 179.99 },
  { code: "POLE", latitude: 90, longitude: 0 },
];

async function addCities(harness: CatalogueHarness): Promise<void> {
  for (const city of CITIES) {
    await harness.create("/v1/warehouses", { ...city, name: city.code, time_zone: "UTC" });
  }
  await harness.create("/v1/warehouses", { code: "NOWHERE", name: "Nowhere" });
}

const near = async (harness: CatalogueHarness, query: string) => {
  const answer = await harness.request("GET", `/v1/warehouses?${query}`);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body.data.map((row: { code: string; distance_m: number }) => [
    row.code,
    row.distance_m,
  ]) as [string, number][];
};

describe("the nearest warehouses", () => {
  test("come by great-circle distance, as published", async () => {
    const rows = await near(api, "near=36.12,-86.67");
    expect(rows.map(([code]) => code)).toEqual(["BNA", "LAX", "POLE", "LHR", "DATE", "SYD"]);
    // Rosetta Code, "Haversine formula": BNA to LAX is 2886.44 km on the sphere of 6371.0 km (2887.26 on 6372.8)
    expect(
      Math.abs((distanceOf(rows, "LAX") / 6371.008771415) * 6372.8 - 2_887_259.95),
    ).toBeLessThan(5);
    expect(distanceOf(rows, "BNA")).toBe(0);
    // a quarter of a meridian less the latitude, exactly
    const toPole = (6_371_008.771415 * Math.PI * (90 - 36.12)) / 180;
    expect(Math.abs(distanceOf(rows, "POLE") - toPole)).toBeLessThan(1);
  });

  test("are found across the date line", async () => {
    const rows = await near(api, "near=-17,-179.99&limit=1");
    expect(rows[0]?.[0]).toBe("DATE");
    expect(rows[0]?.[1]).toBeLessThan(2_200);
  });

  test("are the same, within 1 m and in the same order, with PostGIS and without", async (context) => {
    if (onPostgis === undefined) return context.skip();
    const extensions = async (harness: CatalogueHarness) =>
      (await harness.context.db.query("select from pg_extension where extname = 'postgis'"))
        .rowCount;
    expect([await extensions(api), await extensions(onPostgis)]).toEqual([0, 1]);
    for (const point of [
      "36.12,-86.67",
      "-17,-179.99",
      "0,0",
      "90,0",
      "-33.9,151.2",
      "51.5,-0.12",
    ]) {
      const plain = await near(api, `near=${point}`);
      const geographic = await near(onPostgis, `near=${point}`);
      expect(geographic.map(([code]) => code)).toEqual(plain.map(([code]) => code));
      for (const [code, distance] of plain) {
        expect(Math.abs(distanceOf(geographic, code) - distance), `${point} ${code}`).toBeLessThan(
          1,
        );
      }
    }
  });

  test("with sku and quantity are those that can fulfil, on both kinds of server", async () => {
    for (const harness of onPostgis === undefined ? [api] : [api, onPostgis]) {
      const item = await harness.create("/v1/items", { sku: "NEAR-1", name: "n" });
      for (const [code, quantity] of [
        ["LHR", 5],
        ["LAX", 2],
        ["BNA", 1],
      ] as const) {
        const { body } = await harness.request("GET", `/v1/warehouses/code:${code}`);
        await harness.enter({ itemId: item.id, warehouseId: body.id, quantity });
      }
      const codes = async (query: string) =>
        (await near(harness, `near=36,-86&sku=NEAR-1${query}`)).map(([code]) => code);
      expect(await codes("")).toEqual(["BNA", "LAX", "LHR"]);
      expect(await codes("&quantity=2")).toEqual(["LAX", "LHR"]);
      expect(await codes("&quantity=2.0001")).toEqual(["LHR"]);
      expect(await codes("&quantity=6")).toEqual([]);
      await harness.context.db.query("update stock_levels set reserved = 1 where on_hand = 5");
      expect(await codes("&quantity=5")).toEqual([]);
    }
  });

  test("page by distance", async () => {
    const first = await api.request("GET", "/v1/warehouses?near=36,-86&limit=4");
    const rest = await api.request(
      "GET",
      `/v1/warehouses?near=36,-86&limit=4&cursor=${first.body.next_cursor}`,
    );
    const codes = [...first.body.data, ...rest.body.data].map((row: { code: string }) => row.code);
    expect(codes).toEqual((await near(api, "near=36,-86")).map(([code]) => code));
    expect(rest.body.next_cursor).toBeNull();
  });

  test.each([
    ["near=91,0", "/query/near", "not_a_point"],
    ["near=abc", "/query/near", "not_a_point"],
    ["near=1,2,3", "/query/near", "not_a_point"],
    ["near=", "/query/near", "not_a_point"],
    ["sku=X", "/query/near", "required"],
    ["near=1,2&quantity=1", "/query/sku", "required"],
    ["near=1,2&sku=NO-SUCH", "/query/sku", "unknown_sku"],
    ["near=1,2&sku=NO-SUCH&quantity=-1", "/query/quantity", "negative"],
  ])("refuse ?%s", async (query, pointer, code) => {
    const answer = await api.request("GET", `/v1/warehouses?${query}`);
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0]).toMatchObject({ pointer, code });
  });
});

describe("warehouses", () => {
  test("know the IANA time zones", async () => {
    const ok = await api.create("/v1/warehouses", {
      code: "TZ",
      name: "t",
      time_zone: "Asia/Kathmandu",
    });
    expect(ok.time_zone).toBe("Asia/Kathmandu");
    for (const zone of ["Mars/Olympus", "+02:00", ""]) {
      const body = { code: "TZ2", name: "t", time_zone: zone };
      const answer = await api.request("POST", "/v1/warehouses", { body });
      expect(answer.status).toBe(422);
      expect(answer.body.code).toBe("unknown_time_zone");
    }
  });

  test("have a whole location or none, also after a patch", async () => {
    const half = { code: "HALF", name: "h", latitude: 1 };
    const answer = await api.request("POST", "/v1/warehouses", { body: half });
    expect(answer.body.errors).toMatchObject([{ pointer: "/longitude", code: "required" }]);
    const body = { latitude: null };
    const patched = await api.request("PATCH", "/v1/warehouses/code:LHR", { body });
    expect(patched.body.errors).toMatchObject([{ pointer: "/latitude", code: "required" }]);
  });

  test("take coordinates as numbers or texts, within the globe", async () => {
    const given = { code: "GLOBE", name: "g", latitude: "52.52000659999999", longitude: -180 };
    const created = await api.create("/v1/warehouses", given);
    expect(created).toMatchObject({ latitude: 52.52000659999999, longitude: -180 });
    for (const latitude of [90.0001, "-91", "north", true]) {
      const body = { code: "OFF", name: "o", latitude, longitude: 0 };
      const answer = await api.request("POST", "/v1/warehouses", { body });
      expect(answer.body.errors[0].pointer).toBe("/latitude");
    }
    await api.request("DELETE", `/v1/warehouses/${created.id}`);
  });

  test("exist for a limited caller only where its token names them", async () => {
    const limited = { warehouses: ["LHR"] };
    const list = await api.request("GET", "/v1/warehouses", limited);
    expect(list.body.data.map((row: { code: string }) => row.code)).toEqual(["LHR"]);
    const nearest = await api.request("GET", "/v1/warehouses?near=36,-86", limited);
    expect(nearest.body.data.map((row: { code: string }) => row.code)).toEqual(["LHR"]);
    expect((await api.request("GET", "/v1/warehouses/code:LHR", limited)).status).toBe(200);
    const paths: [string, string, object?][] = [
      ["GET", "/v1/warehouses/code:LAX"],
      ["PATCH", "/v1/warehouses/code:LAX", { name: "x" }],
      ["DELETE", "/v1/warehouses/code:LAX"],
      ["POST", "/v1/warehouses", { code: "MINE", name: "m" }],
      ["PATCH", "/v1/warehouses/code:LHR", { code: "MINE" }],
    ];
    for (const [method, path, body] of paths) {
      expect((await api.request(method, path, { ...limited, body })).status).toBe(404);
    }
  });

  test("are seen by the look-ups as soon as they are written", async () => {
    const { id } = await api.create("/v1/warehouses", { code: "FRESH", name: "f" });
    await api.create("/v1/items", { sku: "FRESH-I", name: "f" });
    expect((await api.request("GET", "/v1/stock/FRESH-I/FRESH")).status).toBe(200);
    await api.request("PATCH", `/v1/warehouses/${id}`, { body: { code: "FRESHER" } });
    expect((await api.request("GET", "/v1/stock/FRESH-I/FRESH")).status).toBe(404);
    expect((await api.request("GET", "/v1/stock/FRESH-I/FRESHER")).status).toBe(200);
  });
});

function distanceOf(rows: readonly [string, number][], code: string): number {
  return rows.find(([name]) => name === code)?.[1] ?? Number.NaN;
}
