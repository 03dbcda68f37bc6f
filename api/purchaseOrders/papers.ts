/** What is on paper of purchase orders: the document to print or send, and what was bought before at which price. */
import { z } from "zod";
import { documentOrder, purchasesPage } from "../../pipelines/purchasing/index.ts";
import type { ObjectStorage } from "../../platform/objectStorage.ts";
import type { Db } from "../../platform/postgres.ts";
import { idField } from "../http/fields.ts";
import { decodeCursor, isIdPart, isTimePart, pageOf, toPage } from "../http/pagination.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { documentOut, purchaseOut, purchaseQuery, showPurchase } from "./schema.ts";

interface PaperDeps {
  readonly db: Db;
  readonly storage: Pick<ObjectStorage, "facts" | "put" | "link">;
}

const TAG = "Purchase orders";

/** POST …/document. */
export function postDocument(deps: PaperDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/purchase-orders/{id}/document",
    tag: TAG,
    summary: "The order as a document to print or send (XLSX)",
    description:
      "Written to object storage once for each version of the order; asked for again it is the same object. Holds no contact data of the supplier.",
    permission: "read",
    params: z.object({ id: idField }),
    answers: { 200: { description: "Where to download it.", schema: documentOut } },
    handler: async ({ params, caller }) => {
      const { warehouses } = caller;
      const { fileName, ...made } = await documentOrder(deps, { id: params.id, warehouses });
      const download_url = await deps.storage.link(made.key, fileName);
      return { status: 200, body: { ...made, download_url } };
    },
  });
}

/** GET /v1/purchase-history. */
export function listPurchases({ db }: PaperDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/purchase-history",
    tag: TAG,
    summary:
      "What was bought, latest first: quantities, prices and how they changed, and when it came",
    description:
      "Lines of orders that were sent; when and at which cost they came is read from the ledger.",
    permission: "read",
    query: purchaseQuery,
    answers: { 200: { description: "A page.", schema: pageOf(purchaseOut) } },
    handler: async ({ query, caller }) => {
      const rows = await purchasesPage(db, {
        sku: query.sku,
        supplier: query.supplier,
        warehouses: caller.warehouses,
        after: decodeCursor(query.cursor, [isTimePart, isIdPart]),
        limit: query.limit + 1,
      });
      const page = toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.sent_key, row.line_id],
        show: showPurchase,
      });
      return { status: 200, body: page };
    },
  });
}
