/** Purchase orders through the public API, found by id or number. */
import type { ListedOrder, PurchaseOrder } from "./answers.ts";
import { ApiProblemError } from "./problem.ts";
import type { Answer, Given, StocklineClient } from "./stocklineClient.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Orders, newest first, without their lines. */
export function listOrders(
  client: StocklineClient,
  options: Given<"GET /v1/purchase-orders"> & { readonly rowsMax?: number } = {},
): AsyncGenerator<ListedOrder> {
  return client.list("GET /v1/purchase-orders", options);
}

/** Reads an order with its lines. */
export function readOrder(client: StocklineClient, id: string): Promise<PurchaseOrder> {
  return client.call("GET /v1/purchase-orders/{id}", { path: { id } });
}

/** The id of the order that a person names by id or number; throws ApiProblemError not_found. */
export async function findOrderId(client: StocklineClient, name: string): Promise<string> {
  if (UUID.test(name)) return name;
  for await (const order of listOrders(client)) {
    if (order.number.toLowerCase() === name.toLowerCase()) return order.id;
  }
  const detail = `purchase order "${name}" does not exist`;
  throw new ApiProblemError(404, { code: "not_found", detail });
}

/** Takes an order a step further; answers it as it is then. */
export function moveOrder(
  client: StocklineClient,
  id: string,
  step: "approve" | "send" | "cancel",
): Promise<Answer<`POST /v1/purchase-orders/{id}/${typeof step}`>> {
  return client.call(`POST /v1/purchase-orders/{id}/${step}`, { path: { id } });
}
