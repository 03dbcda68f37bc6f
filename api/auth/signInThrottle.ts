/** Holds back who guesses: attempts are counted by account before a password is looked at, and forgotten when one was right. */
import { createHash } from "node:crypto";
import type { Access } from "../http/access.ts";
import { pastLimit } from "../http/limitRate.ts";

type Throttling = Pick<Access, "limiter" | "limits">;

/** An account by the hash of its name: an address is personal, and Redis need not know it. */
function keyOf(account: string): string {
  return `sign_in_account:${createHash("sha256").update(account).digest("base64url")}`;
}

/** Counts an attempt, whether or not there is such an account; throws RateLimitedError past the limit. */
export async function countAttempt(
  { limiter, limits }: Throttling,
  account: string,
): Promise<void> {
  const verdict = await limiter.take(keyOf(account), limits.sign_in_account);
  if (!verdict.allowed) throw pastLimit("sign_in_account", limits.sign_in_account, verdict);
}

/** Forgets the attempts of an account that has proved who it is. */
export async function forgetAttempts({ limiter }: Throttling, account: string): Promise<void> {
  await limiter.refill(keyOf(account));
}
