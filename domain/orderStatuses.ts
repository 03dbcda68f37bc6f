/** How far a purchase order is, in the order in which it comes there; it is cancelled at any point before it is received. */
export const ORDER_STATUSES = [
  "draft",
  "approved",
  "sent",
  "partially_received",
  "received",
  "cancelled",
] as const;
