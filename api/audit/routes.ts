/** GET /v1/audit: who changed what, when and from where. Admins only; written and chained by the database itself. */
import type { z } from "zod";
import { type AuditEntry, auditPage } from "../../pipelines/audit/index.ts";
import type { Db } from "../../platform/postgres.ts";
import { decodeCursor, isCountPart, pageOf, toPage } from "../http/pagination.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { refuseLimited } from "../jobs/startRun.ts";
import { auditOut, auditQuery } from "./schema.ts";

/** Routes of the audit trail. */
export function auditRoutes({ db }: { readonly db: Db }): Route[] {
  return [
    defineRoute({
      method: "get",
      path: "/v1/audit",
      tag: "Audit",
      summary: "Who changed what, the newest first",
      description:
        "Every change of entities, users, orders, periods, lanes, sinks, imports and requested jobs, with before and after. Append-only and hash-chained; POST /v1/ledger/verify proves it. Covers all warehouses: a token limited to some is refused.",
      permission: "audit:read",
      query: auditQuery,
      answers: { 200: { description: "A page of entries.", schema: pageOf(auditOut) } },
      handler: async ({ query, caller }) => {
        refuseLimited(caller, "the audit trail covers all warehouses");
        const { limit, cursor, entity_type, entity_id, request_id, ...rest } = query;
        const rows = await auditPage(db, {
          ...rest,
          entityType: entity_type,
          entityId: entity_id,
          requestId: request_id,
          before: decodeCursor(cursor, [isCountPart])?.[0],
          limit: limit + 1,
        });
        const page = toPage(rows, { limit, keyOf: (row) => [String(row.seq)], show: showEntry });
        return { status: 200, body: page };
      },
    }),
  ];
}

function showEntry(row: AuditEntry): z.input<typeof auditOut> {
  return {
    seq: row.seq,
    id: row.id,
    at: row.at.toISOString(),
    actor: row.actor,
    action: row.action,
    entity_type: row.entity_type,
    entity_id: row.entity_ids === null ? row.entity_id : null,
    entity_ids: row.entity_ids === null ? null : [...row.entity_ids],
    request_id: row.request_id,
    address: row.address,
    via: row.via,
    before: row.before,
    after: row.after,
    hash: row.hash.toString("hex"),
  };
}
