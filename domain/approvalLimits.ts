/** Up to which cost each role may approve purchase orders. Pure. */
import Big from "big.js";
import type { Role } from "./roles.ts";

/** One limit; `most` null is without limit, `currency` null is any. */
interface ApprovalLimit {
  readonly role: string;
  readonly currency: string | null;
  readonly most: string | null;
}

export type ApprovalLimits = readonly ApprovalLimit[];

const LIMIT = /^([a-z]+)=(none|\d+(?:\.\d+)?)(?::([A-Z]{3}))?$/;

/** Reads "buyer=10000,buyer=8000:GBP,admin=none"; undefined where a part is not of that form. The empty text holds no limits. */
export function readApprovalLimits(text: string): ApprovalLimits | undefined {
  const limits: ApprovalLimit[] = [];
  for (const part of text.split(",").filter((one) => one !== "")) {
    const [, role, most, currency] = LIMIT.exec(part) ?? [];
    if (role === undefined || most === undefined) return undefined;
    limits.push({ role, currency: currency ?? null, most: most === "none" ? null : most });
  }
  return limits;
}

interface ApprovableOrder {
  /** Null while a line has no cost. */
  readonly total_cost: string | null;
  readonly currency: string | null;
}

/**
 * What the roles' limit lacks for this order, in words, or undefined where they may approve it. A limit of the order's currency goes
 * before one of any; of several roles the one that may most counts. Where no limits are set, anybody may who may write orders.
 */
export function approvalFault(
  limits: ApprovalLimits,
  roles: readonly Role[],
  order: ApprovableOrder,
): string | undefined {
  if (limits.length === 0) return undefined;
  const theirs = roles.flatMap((role) => limitOf(limits, role, order.currency));
  if (theirs.some((limit) => limit.most === null)) return undefined;
  const most = theirs.reduce(
    (max, limit) => (max.gt(limit.most ?? 0) ? max : Big(limit.most ?? 0)),
    Big(0),
  );
  const may =
    `${roles.length === 0 ? "a sender without roles" : `role ${roles.join(", ")}`} may approve orders up to ${most.toFixed()} ${order.currency ?? ""}`.trim();
  if (order.total_cost === null)
    return `${may}; the cost of this one is not known, since a line has none`;
  return most.gte(order.total_cost) ? undefined : `${may}; this one costs ${order.total_cost}`;
}

function limitOf(limits: ApprovalLimits, role: string, currency: string | null): ApprovalLimit[] {
  const own = limits.filter((limit) => limit.role === role);
  const exact = own.find((limit) => limit.currency !== null && limit.currency === currency);
  const any = own.find((limit) => limit.currency === null);
  const found = exact ?? any;
  return found === undefined ? [] : [found];
}
