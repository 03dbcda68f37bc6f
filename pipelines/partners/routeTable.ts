/**
 * Which events go to which partner service, and in what form: the one table. A new route is one entry here and a path in the
 * service's contract (docs/partners/). Members of a body and parts of a path are JSON pointers into the event.
 */

/** The services by the names of the architecture. */
export type PartnerName = "payments" | "locations" | "analytics";

export interface PartnerRoute {
  readonly name: string;
  readonly service: PartnerName;
  /** Types of events without their prefix "stockline."; "warehouse.*" stands for all of a kind, "*" for all. */
  readonly types: readonly string[];
  /** Values that members must have, by pointer. */
  readonly where?: Readonly<Record<string, readonly string[]>>;
  readonly method: "POST" | "PUT";
  /** With pointers in braces. */
  readonly path: string;
  /** Members by pointer; what is not in the event is left out. "event": the whole event as it is. */
  readonly body: "event" | Readonly<Record<string, string>>;
}

export const PARTNER_ROUTES: readonly PartnerRoute[] = [
  {
    name: "payable of received goods",
    service: "payments",
    types: ["purchase_order.partially_received", "purchase_order.received"],
    method: "PUT",
    path: "/v1/payables/{/data/number}",
    body: {
      order_id: "/data/id",
      supplier: "/data/supplier",
      warehouse: "/data/warehouse",
      status: "/data/status",
      amount: "/data/total_cost",
      currency: "/data/currency",
      version: "/data/version",
      occurred_at: "/time",
    },
  },
  {
    name: "cancelled order",
    service: "payments",
    types: ["purchase_order.cancelled"],
    method: "POST",
    path: "/v1/payables/{/data/number}/cancel",
    body: { order_id: "/data/id", version: "/data/version", occurred_at: "/time" },
  },
  {
    name: "refund of returned goods",
    service: "payments",
    types: ["movement.applied"],
    where: { "/data/type": ["return"] },
    method: "POST",
    path: "/v1/refunds",
    body: {
      movement_id: "/data/id",
      sku: "/data/sku",
      quantity: "/data/quantity",
      reference: "/data/reference",
      occurred_at: "/data/occurred_at",
    },
  },
  {
    name: "location of a warehouse",
    service: "locations",
    types: ["warehouse.*"],
    method: "PUT",
    path: "/v1/locations/{/data/code}",
    body: {
      name: "/data/name",
      address: "/data/address",
      latitude: "/data/latitude",
      longitude: "/data/longitude",
      time_zone: "/data/time_zone",
      status: "/data/status",
      version: "/data/version",
    },
  },
  {
    name: "stock at a location",
    service: "locations",
    types: ["stock.low", "stock.recovered"],
    method: "POST",
    path: "/v1/locations/{/data/warehouse}/stock-signals",
    body: { type: "/type", sku: "/data/sku", occurred_at: "/time" },
  },
  {
    name: "everything",
    service: "analytics",
    types: ["*"],
    method: "POST",
    path: "/v1/events",
    body: "event",
  },
];
