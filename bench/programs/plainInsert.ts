/**
 * Baseline of intake in lots: one client that inserts lines into the product's own inbox table by multi-row INSERT, one
 * statement after the other, each a transaction. Writes one line of JSON: PlainResult.
 */
import { randomBytes, randomUUID } from "node:crypto";
import pg from "pg";
import { openPlainClient, type PlainResult, runFor } from "./plainClient.ts";

interface InsertOptions {
  readonly url: string;
  /** Rows of one INSERT. */
  readonly lines: number;
  readonly seconds: number;
}

const { url, lines, seconds } = JSON.parse(process.argv[2] ?? "{}") as InsertOptions;
const client = await openPlainClient(url);
const items = await client.query<{ id: string; lane: number; warehouse: string }>(
  "select i.id, i.lane, w.id as warehouse from inventory_items i cross join warehouses w",
);
const columns =
  "lane, id, body_hash, type, item_id, warehouse_id, quantity, unit_cost, reference_type, reference_id, source, " +
  "source_id, actor, occurred_at";

const measured = await runFor(seconds, async () => {
  const source = randomUUID();
  const rows = Array.from({ length: lines }, () => rowText(source));
  await client.query(`insert into movement_inbox (${columns}) values ${rows.join(",")}`);
});
await client.end();
const result: PlainResult = { perSecond: measured.perSecond * lines };
process.stdout.write(`${JSON.stringify(result)}\n`);

function rowText(source: string): string {
  const item = items.rows[Math.floor(Math.random() * items.rows.length)];
  if (item === undefined) throw new Error("the benchmark has no items");
  const quantity = 1 + Math.floor(Math.random() * 9);
  const reference = pg.escapeLiteral(`order ${Math.floor(Math.random() * 1e6)}`);
  return (
    `(${item.lane},'${randomUUID()}','\\x${randomBytes(32).toString("hex")}','receipt','${item.id}',` +
    `'${item.warehouse}',${quantity},2.5,'order',${reference},'api','${source}','bench','2026-01-02T03:04:05.678Z')`
  );
}
