/**
 * Baseline of apply: one transaction a movement (update the level, insert the ledger entry, insert the outbox row), prepared
 * statements, so many clients side by side. Writes one line of JSON: PlainResult.
 */
import { randomUUID } from "node:crypto";
import type { Client } from "pg";
import { openPlainClient, type PlainResult, runFor } from "./plainClient.ts";

interface TransactionOptions {
  readonly url: string;
  readonly clients: number;
  /** Levels that the movements spread over: the first so many. */
  readonly levels: number;
  readonly seconds: number;
}

const options = JSON.parse(process.argv[2] ?? "{}") as TransactionOptions;
const clients = await Promise.all(
  Array.from({ length: options.clients }, () => openPlainClient(options.url)),
);
const levels = await clients[0]?.query<{ item_id: string; warehouse_id: string }>(
  `select item_id, warehouse_id
   from plain_levels
   order by item_id, warehouse_id
   limit ${options.levels}`,
);
const pairs = levels?.rows ?? [];
const measured = await Promise.all(
  clients.map((client) => runFor(options.seconds, () => applyOne(client))),
);
await Promise.all(clients.map((client) => client.end()));
const result: PlainResult = {
  perSecond: measured.reduce((sum, { perSecond }) => sum + perSecond, 0),
};
process.stdout.write(`${JSON.stringify(result)}\n`);

async function applyOne(client: Client): Promise<void> {
  const pair = pairs[Math.floor(Math.random() * pairs.length)];
  const itemId = pair?.item_id;
  const warehouseId = pair?.warehouse_id;
  const id = randomUUID();
  const quantity = Math.random() < 0.2 ? -1 : 5;
  await client.query("begin");
  const { rows } = await client.query<{ on_hand: string; version: string }>({
    name: "plain_level_update",
    text: `update plain_levels
      set on_hand = on_hand + $3::numeric, version = version + 1
      where item_id = $1::uuid and warehouse_id = $2::uuid
      returning on_hand, version`,
    values: [itemId, warehouseId, quantity],
  });
  const level = rows[0];
  await client.query({
    name: "plain_movement_insert",
    text: `insert into plain_movements (
        id, type, item_id, warehouse_id, quantity, balance_after, version, actor)
      values ($1, $2, $3, $4, $5, $6, $7, 'bench')`,
    values: [id, "receipt", itemId, warehouseId, quantity, level?.on_hand, level?.version],
  });
  await client.query({
    name: "plain_outbox_insert",
    text: "insert into plain_outbox (payload) values ($1::jsonb)",
    values: [JSON.stringify({ id, item_id: itemId, quantity, balance_after: level?.on_hand })],
  });
  await client.query("commit");
}
