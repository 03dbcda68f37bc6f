/** The command-line client against a whole running product: api, workers and jobs. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { readConfig } from "../../platform/config.ts";
import { createObjectStorage } from "../../platform/objectStorage.ts";
import { aMovementEvent } from "../support/inboundEvents.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import { runLine } from "./cliFixtures.ts";

const folder = mkdtempSync(join(tmpdir(), "stockline-cli-"));
const inbox = `inbox-${randomUUID()}/`; // all tests share a bucket
let instance: Instance;
let env: Record<string, string>;

beforeAll(async () => {
  instance = await startInstance({ env: { IMPORT_INBOX_PREFIX: inbox } });
  env = { STOCKLINE_URL: instance.url, STOCKLINE_TOKEN: await instance.token("admin") };
  await importText("warehouses", "code,name\nMAIN,Main\nSHOP,Shop\n");
  await importText("suppliers", "code,name\nACME,Acme\n");
  await importText("items", "sku,name\nTEA-1,Tea\nCUP-1,Cup\n");
  await importText("supplier_items", "supplier,sku,unit_cost,currency\nACME,TEA-1,2.5,EUR\n");
  await importText("reorder_policies", "sku,warehouse,method,min,max\nTEA-1,MAIN,min_max,5,20\n");
}, 120_000);

afterAll(async () => {
  await instance.stop();
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => runLine(args, env);

async function runJson<T>(schema: z.ZodType<T>, ...args: string[]): Promise<T> {
  const { out, err } = await run(...args, "--json");
  expect(out, err).not.toBe("");
  return schema.parse(JSON.parse(out));
}

async function importText(kind: string, text: string, ...args: string[]) {
  const file = join(folder, `${kind}.csv`);
  writeFileSync(file, text);
  return run("import", file, "--kind", kind, ...args);
}

test("an import tells what went in, what did not and why, and saves the rejected rows", async () => {
  const rows = ["type,sku,warehouse,quantity", "receipt,TEA-1,MAIN,12", "receipt,NO-1,MAIN,1"];
  const errors = join(folder, "errors.csv");
  const text = `${rows.join("\n")}\n`;
  const found = await importText("movements", text, "--errors", errors);
  expect(found.status).toBe(1);
  expect(found.out).toContain("Done, with errors: 2 rows, 1 applied, 1 rejected");
  expect(found.out).toContain("rejected by reason: unknown_sku 1");
  expect(found.out).toMatch(/sent again: http:\/\/127\.0\.0\.1:\d+\/v1\/imports\/[\w-]+\/errors/);
  expect(readFileSync(errors, "utf8")).toContain("NO-1");

  const again = await importText("movements", text, "--json");
  expect(again.status).toBe(1);
  expect(again.err).toContain("This very file was imported before");
  expect(JSON.parse(again.out)).toMatchObject({
    rows_applied: 1,
    errors_by_code: [{ code: "unknown_sku", rows: 1 }],
  });
  const forced = await importText("movements", `${rows[0]}\n${rows[1]}\n`, "--force");
  expect(forced.status).toBe(0);
  expect(forced.out).toMatch(
    /^Done: 1 row, 1 applied, 0 rejected; (?:\d+ ms|\d+\.\d s|\d+ min \d\d s)\n$/,
  );
});

test("rejected rows are counted by reason also where there are more than the API samples", async () => {
  const lines = Array.from({ length: 150 }, (_, place) => `receipt;X-${place};MAIN;1`);
  const text = `type;sku;warehouse;quantity\n${lines.join("\n")}\nissue;TEA-1;MAIN;a\n`;
  const found = await importText("movements", text);
  expect(found.out).toContain("rejected by reason: unknown_sku 150, not_a_number 1");
});

test("a dry run is shown, followed and committed; a commit that would differ stops with status 5", async () => {
  const text = "sku,name\nDRY-1,One\nDRY-2,Two\n";
  const dry = await importText("items", text, "--dry-run");
  expect(dry.status).toBe(0);
  expect(dry.out).toContain("would happen: creates 2, updates 0, unchanged 0");
  const listed = await runJson(
    z.array(z.object({ id: z.string(), mode: z.string() })),
    "import",
    "list",
    "--kind",
    "items",
    "--limit",
    "1",
  );
  expect(listed).toMatchObject([{ mode: "dry_run" }]);
  const id = listed[0]?.id ?? "";
  await importText("items", "sku,name\nDRY-1,Somebody else was here\n");
  const stopped = await run("import", "commit", id, "--if-changed", "stop");
  expect(stopped.status).toBe(5);
  expect(stopped.out).toContain("preview_outdated");
  expect(stopped.out).toContain("otherwise than the dry run foresaw: creates now updates 1");
  const status = await run("import", "status", id);
  expect(status).toMatchObject({
    status: 5,
    out: expect.stringContaining("Failed: 2 rows, 0 applied"),
  });
});

test("--dry-run --commit goes on only where nothing is wrong", async () => {
  const good = await importText("items", "sku,name\nGO-1,One\n", "--dry-run", "--commit");
  expect(good.status).toBe(0);
  expect(good.err).toContain("would happen: creates 1");
  expect(good.out).toMatch(/^Done: 1 row, 1 applied/);
  const bad = await importText("items", "sku,name\nGO-2,Two\n,x\n", "--dry-run", "--commit");
  expect(bad.status).toBe(1);
  expect(bad.err).toContain("Not committed. To do it all the same: import commit ");
});

test("a file goes in parts straight to the storage where that is asked for", async () => {
  const rows = Array.from({ length: 300 }, (_, n) => `BIG-${n},Item ${n},${"x".repeat(30_000)}`);
  const text = `sku,name,notes\n${rows.join("\n")}\n`;
  const sent = await importText("items", text, "--direct");
  expect(sent).toMatchObject({ status: 0, out: expect.stringContaining("300 applied") });
  expect(sent.err).toMatch(/items\.csv: sending, [\d,]+ of 9,005,195 bytes \(/);
  const known = await importText("items", text, "--direct");
  expect(known.status).toBe(1);
  expect(known.err).toContain("This very file was imported before");
  expect(known.err).not.toContain("sending");
  const through = await importText("items", `${text}\n`, "--no-direct");
  expect(through).toMatchObject({ status: 0, err: expect.not.stringContaining("sending") });
});

test("a large file goes through the API where its storage can't be reached from here", async () => {
  const proxy = await unreachableStorage(instance.url);
  const file = join(folder, "large.csv");
  writeFileSync(file, `sku,name,notes\nLARGE-1,a,\n${`,,${"x".repeat(31_000)}\n`.repeat(2_200)}`);
  const elsewhere = { ...env, STOCKLINE_URL: proxy.url };
  const sent = await runLine(["import", file, "--kind", "items"], elsewhere);
  expect(sent.err).toContain("the object storage can't be reached: ");
  expect(sent.err).toContain("the file goes through the API instead");
  expect(sent.out).toContain("2,201 rows, 1 applied, 2,200 rejected");
  const asked = await runLine(
    ["import", file, "--kind", "items", "--direct", "--force"],
    elsewhere,
  );
  expect(asked).toMatchObject({ status: 4, out: "" });
  await proxy.close();
}, 120_000);

/** The API behind a proxy that makes the signed links of parts lead to where nobody listens. */
async function unreachableStorage(url: string) {
  const server = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, connection: "close" };
    const options = { method: incoming.method, headers };
    const onward = request(new URL(incoming.url ?? "/", url), options, (answer) => {
      const isBegun = incoming.url === "/v1/imports/uploads";
      void textOf(answer).then((body) => {
        const sent = isBegun
          ? body.replaceAll(/"url":"http:\/\/[^/]+/g, '"url":"http://127.0.0.1:9')
          : body;
        outgoing.writeHead(answer.statusCode ?? 502, {
          "content-type": answer.headers["content-type"],
        });
        outgoing.end(sent);
      });
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

test("an import that failed as a whole is status 5; one that is over can't be cancelled", async () => {
  const failed = await importText("items", "sku,name\nF-1,a\n,b\n", "--on-error", "abort");
  expect(failed.status).toBe(5);
  expect(failed.out).toContain("rows_invalid: 1 of 2 rows are not valid");
  const many = await importText("items", "sku,name\n,a\n,b\n,c\n", "--stop-after-errors", "2");
  expect(many).toMatchObject({ status: 5, out: expect.stringContaining("too_many_errors") });
  const ids = z.array(z.object({ id: z.string() }));
  const listed = await runJson(ids, "import", "list", "--limit", "1");
  const cancelled = await run("import", "cancel", listed[0]?.id ?? "");
  expect(cancelled).toMatchObject({ status: 3, err: expect.stringContaining("import_over") });
});

test("an import that is under way is cancelled, and its books balance", async () => {
  const rows = Array.from({ length: 30_000 }, (_, n) => `MANY-${n},Item ${n}`);
  const sent = await importText("items", `sku,name\n${rows.join("\n")}\n`, "--no-wait");
  const cancelled = await run("import", "cancel", sent.out.trim(), "--json");
  const books = z.record(z.string(), z.unknown()).parse(JSON.parse(cancelled.out));
  expect(books["status"], cancelled.err).toBe("cancelled");
  const ended = ["rows_applied", "rows_rejected", "rows_skipped"].map((name) =>
    Number(books[name]),
  );
  expect(ended.reduce((sum, count) => sum + count)).toBe(books["rows_total"]);
});

test("an object of the watched prefix becomes an import when its job runs, and only once", async () => {
  const storage = createObjectStorage(readConfig(instance.env));
  await storage.putText(`${inbox}items/in.csv`, "sku,name\nIN-1,One\n,Two\n", "text/csv");
  for (const _ of [1, 2]) await run("jobs", "run", "import-inbox", "--wait");
  const itemFile = z.object({ id: z.string(), kind: z.literal("items"), file_name: z.string() });
  const listed = await runJson(z.array(itemFile), "import", "list", "--kind", "items");
  const [taken, other] = listed.filter((one) => one.file_name === "in.csv");
  expect(other).toBeUndefined();
  const errors = join(folder, "inbox-errors.csv");
  const state = await run("import", "status", taken?.id ?? "", "--wait", "--errors", errors);
  expect(state.status, state.err).toBe(1);
  expect(state.out).toMatch(/^Done, with errors: 2 rows, 1 applied, 1 rejected/);
  expect(readFileSync(errors, "utf8")).toContain("required");
});

test("a movement is posted and its outcome told: applied, or rejected with status 1", async () => {
  const posted = await run("movements", "post", "receipt", "CUP-1", "SHOP", "3");
  expect(posted.out).toMatch(/^applied: CUP-1 at SHOP is now 3 \(version 1\)\n[\w-]{36}\n$/);
  const id = posted.out.trim().split("\n")[1] ?? "";
  expect((await run("movements", "show", id)).out).toBe(posted.out);
  const less = await run("movements", "post", "adjustment", "CUP-1", "SHOP", "-1");
  expect(less.out).toContain("is now 2");
  const refused = await run("movements", "post", "issue", "CUP-1", "SHOP", "9");
  expect(refused.status).toBe(1);
  expect(refused.out).toContain("rejected: insufficient_stock:");
});

test("a transfer is sent on its way, arrives with a loss, and a movement is reversed", async () => {
  const movement = z.looseObject({ id: z.string(), status: z.string() });
  const post = (...args: string[]) => runJson(movement, "movements", "post", ...args);
  await post("receipt", "CUP-1", "MAIN", "9");
  const sent = await post("transfer", "CUP-1", "MAIN", "5", "--to", "SHOP", "--in-transit");
  const arrived = await run("movements", "arrive", sent.id, "3", "--loss", "1:broken", "1:lost");
  expect(arrived.status).toBe(0);
  expect(arrived.out.match(/^applied: CUP-1 at SHOP/gm)).toHaveLength(3);
  const more = await run("movements", "arrive", sent.id, "1");
  expect(more.status).toBe(1);
  expect(more.out).toContain("rejected: transit_exceeded: asked 1, in transit 0");
  expect((await run("movements", "arrive", sent.id, "--loss", "broken")).err).toContain(
    "expected quantity:reason, such as 2:broken",
  );
  const issued = await post("issue", "CUP-1", "MAIN", "4");
  expect((await run("movements", "reverse", issued.id, "--reason", "typo")).out).toMatch(
    /^applied: CUP-1 at MAIN is now 4 /,
  );
  expect((await run("movements", "reverse", issued.id)).out).toContain("already_reversed");
  const reserved = await post(
    "reserve",
    "CUP-1",
    "MAIN",
    "4",
    "--expires-at",
    "2999-01-01T00:00:00Z",
  );
  await post("release", "CUP-1", "MAIN", "1", "--reservation", reserved.id);
  expect((await post("issue", "CUP-1", "MAIN", "3", "--reservation", reserved.id)).status).toBe(
    "applied",
  );
  for (const [shop, quantity] of [
    ["MAIN", "-1"],
    ["SHOP", "-3"],
  ] as const) {
    await post("adjustment", "CUP-1", shop, quantity);
  }
});

test("stock is shown for all, an item, a level and a past moment", async () => {
  const level = z.looseObject({ sku: z.string(), on_hand: z.string() });
  await run("movements", "post", "receipt", "CUP-1", "MAIN", "7");
  expect(await runJson(level, "stock", "CUP-1", "MAIN")).toMatchObject({ on_hand: "7" });
  const table = await run("stock", "CUP-1");
  expect(table.out).toMatch(
    /^SKU +WAREHOUSE +ON HAND +RESERVED +UNAVAILABLE +AVAILABLE +INCOMING +IN TRANSIT +VERSION\n/,
  );
  expect(table.out).toMatch(/^CUP-1 +MAIN +7 +0 +0 +7 +0 +0 +\d+$/m);
  const past = ["stock", "CUP-1", "MAIN", "--as-of", "2020-01-01T00:00:00Z"];
  expect(await runJson(level, ...past)).toMatchObject({ on_hand: "0" });
  const all = await runJson(z.array(level), "stock", "--warehouse", "MAIN");
  expect(all.map(({ sku }) => sku)).toContain("CUP-1");
});

test("what is low becomes an order, which is approved, sent and received", async () => {
  const item = "LOW-1";
  await importText("items", `sku,name\n${item},Low\n`);
  await importText("supplier_items", `supplier,sku,unit_cost,currency\nACME,${item},2.5,EUR\n`);
  const policies = `sku,warehouse,method,min,max\n${item},SHOP,min_max,5,20\n`;
  await importText("reorder_policies", policies);
  expect((await run("stock", "--low")).out).toMatch(/^LOW-1 +SHOP +0 /m);
  const drafted = await run("orders", "generate");
  expect(drafted.out).toMatch(/^1 draft|^2 drafts/);
  const orders = await runJson(
    z.array(z.looseObject({ id: z.string(), number: z.string(), warehouse: z.string() })),
    "orders",
    "list",
    "--status",
    "draft",
    "--warehouse",
    "SHOP",
  );
  const number = orders[0]?.number ?? "";
  const shown = await run("orders", "show", number);
  expect(shown.out).toContain("0 on hand; minimum 5, maximum 20, so 20 needed");
  expect((await run("orders", "approve", number)).out).toBe(`${number} is approved\n`);
  expect((await run("orders", "send", number)).out).toBe(`${number} is sent\n`);
  const part = await run("orders", "receive", number, `${item}=5`);
  expect(part.out).toBe(`${number} is partially_received; 1 line booked\n`);
  const rest = await run("orders", "receive", number);
  expect(rest.out).toBe(`${number} is received; 1 line booked\n`);
  const late = await run("orders", "cancel", number);
  expect(late.status).toBe(3);
  expect(late.err).toContain("wrong_state:");
  const none = await run("orders", "show", "PO-999999");
  expect(none).toEqual({
    status: 3,
    out: "",
    err: 'not_found: purchase order "PO-999999" does not exist\n',
  });
});

test("jobs, the ledger and sinks answer in tables and JSON", async () => {
  const ran = await run("jobs", "run", "refresh-views", "--wait");
  expect(ran.out).toMatch(/^refresh-views completed /);
  expect((await run("jobs", "runs", "refresh-views")).out).toMatch(/completed +(api|schedule)/);
  expect((await run("jobs", "list")).out).toMatch(/^verify-ledger +30 3 \* \* \*/m);
  const proof = await run("ledger", "verify");
  expect(proof.status, proof.out + proof.err).toBe(0);
  expect(proof.out).toContain("The books are right: no difference.");
  const since = await run("ledger", "verify", "--incremental");
  expect(since.status, since.out + since.err).toBe(0);
  expect(since.out).toMatch(
    /recorded since the last anchor\) in .*\nAnchor \d+ outside the database agrees\./,
  );
  expect((await run("sinks", "list")).out).toMatch(/^kinesis +kinesis +running/m);
  const replay = await run("sinks", "replay", "kinesis", "--from", "beginning");
  expect(replay.out).toMatch(/^[\d,]+ events? will be sent to kinesis again\n$/);
});

test("lanes and movements set aside are listed, and steering what is not there is refused", async () => {
  expect((await run("lanes", "list")).out).toContain("no lane is halted");
  expect((await run("movements", "set-aside", "list")).out).toBe("No movement is set aside.\n");
  expect(await run("lanes", "resume", "7")).toEqual({
    status: 3,
    out: "",
    err: "lane_not_halted: lane 7 is not halted; nothing was changed\n",
  });
  const id = "019a0000-0000-7000-8000-000000000000";
  for (const args of [
    ["retry", id],
    ["discard", id, "--reason", "a test"],
  ]) {
    const { status, err } = await run("movements", "set-aside", ...args);
    expect([status, err]).toEqual([3, `not_found: set-aside movement "${id}" does not exist\n`]);
  }
});

test("log levels are shown, set for a while, and taken back", async () => {
  const set = await run("log-levels", "set", "error", "--process", "jobs", "--minutes", "5");
  expect(set.out).toMatch(/^jobs +error +\S+Z +/m);
  const back = await run("log-levels", "set", "configured");
  expect(back.out).toMatch(/^jobs +as configured/m);
  expect((await run("log-levels", "set", "loud")).err).toContain("/level");
});

test("a report is waited for and saved whole", async () => {
  const output = join(folder, "stock.csv");
  const args = ["report", "current_inventory", "--fresh", "--output", output];
  const found = await run(...args);
  expect(found.status, found.err).toBe(0);
  expect(found.out).toMatch(/^current_inventory as of .+: \d+ rows?, /);
  expect(readFileSync(output, "utf8")).toContain("CUP-1");
  const asked = await run("report", "current_inventory", "--format", "xlsx");
  expect(asked.out).toMatch(/^current_inventory is queued\n[\w-]{36}\n$/);
});

test("dead letters are listed, shown, mended, replayed and discarded", async () => {
  const event = aMovementEvent({ sku: "TEE-1", warehouse: "MAIN", quantity: 3 });
  const client = new pg.Client({ connectionString: instance.database.writerUrl });
  await client.connect();
  for (const payload of [JSON.stringify(event), "rubbish"]) {
    await client.query({
      text: `insert into dead_letters (id, origin, position, payload, code, reason)
        values ($1::uuid, 'sqs:in', '1', $2::text, 'unknown_sku', 'a reason')`,
      values: [randomUUID(), payload],
    });
  }
  await client.end();
  const list = z.array(z.looseObject({ id: z.string(), status: z.string() }));
  const [first, second] = await runJson(list, "dead-letters", "list");
  expect((await run("dead-letters", "list")).out).toContain("a reason");
  const shown = await run("dead-letters", "show", first?.id ?? "");
  expect(shown.out.trim()).toBe(JSON.stringify(event));

  const refused = await run("dead-letters", "replay", first?.id ?? "");
  expect(refused.status).toBe(3);
  const file = join(folder, "event.json");
  writeFileSync(file, shown.out.replace("TEE-1", "TEA-1"));
  const replayed = await run("dead-letters", "replay", first?.id ?? "", "--event", file);
  expect(replayed.out).toContain(`taken as movement ${event.id}`);
  const given = await run("dead-letters", "discard", second?.id ?? "", "--reason", "rubbish");
  expect(given.out).toContain("is given up");
  expect((await run("dead-letters", "list")).out).toContain("No dead letter is parked.");
  expect((await run("sources", "list")).out).toContain("Nothing was read from any broker yet.");
});
