/** The address that a request comes from, as far as it can be believed. */
import type { Context as HonoContext } from "hono";
import type { AppEnv } from "./route.ts";

/**
 * Address of the client: of the connection, or, behind proxies of ours, what the outermost of them saw. Of an IPv6 address the
 * network (/64), since one client has a whole one. "unknown" where there is no connection (tests).
 */
export function clientAddress(c: HonoContext<AppEnv>, trustedHops: number): string {
  const forwarded = trustedHops > 0 ? (c.req.header("x-forwarded-for") ?? "") : "";
  const hops = forwarded.split(",").map((hop) => hop.trim());
  const address = hops.at(-trustedHops || 0);
  if (trustedHops > 0 && hops.length >= trustedHops && address !== undefined && address !== "") {
    return networkOf(address);
  }
  return networkOf(connectionAddress(c.env));
}

function connectionAddress(env: unknown): string {
  const incoming = member(env, "incoming");
  const address = member(member(incoming, "socket"), "remoteAddress");
  return typeof address === "string" ? address : "unknown";
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "").slice(0, 64);
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("::", 2);
  const front = head.split(":").filter((part) => part !== "");
  const back = tail === undefined ? [] : tail.split(":").filter((part) => part !== "");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const parts = [...front, ...Array.from({ length: zeros }, () => "0"), ...back];
  return `${parts.slice(0, 4).join(":").toLowerCase()}::/64`;
}
