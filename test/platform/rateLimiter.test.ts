/** Limits of requests (R1): exact over four instances, no double burst, and an instance's share while Redis is away. */
import { randomBytes } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import { createLog } from "../../platform/log.ts";
import { createRateLimiter, type RateLimiter } from "../../platform/rateLimiter.ts";
import { parseRateLimits } from "../../platform/rateLimits.ts";
import { createRedis, type Redis, untilReady } from "../../platform/redis.ts";
import { testBackends } from "../support/backends.ts";
import { waitFor } from "../support/waitFor.ts";

const log = createLog({ process: "test", level: "silent" });
const ends: (() => void)[] = [];
afterAll(() => {
  for (const end of ends) end();
});

async function instances(count: number, prefix = `rate-${randomBytes(6).toString("hex")}`) {
  const made = Array.from({ length: count }, async () => {
    const redis: Redis = createRedis({
      url: testBackends().redisUrl,
      name: "rate-test",
      log,
      use: "commands",
    });
    await untilReady(redis);
    const limiter = createRateLimiter({ redis, prefix, instancesMin: 1 });
    ends.push(() => {
      limiter.close();
      redis.disconnect();
    });
    return { redis, limiter };
  });
  return Promise.all(made);
}

const taken = async (limiter: RateLimiter, requests: number, limit: Limit): Promise<number> => {
  let allowed = 0;
  for (let nth = 0; nth < requests; nth += 1) {
    if ((await limiter.take("client", limit)).allowed) allowed += 1;
  }
  return allowed;
};
type Limit = Parameters<RateLimiter["take"]>[1];

describe("R1", () => {
  test("twice the limit through four instances: no more than the limit, no less than most of it", async () => {
    const four = await instances(4);
    const limit = { requests: 1_000, seconds: 1_000, burst: 1_000 };
    const begun = performance.now();
    const sums = await Promise.all(four.map(({ limiter }) => taken(limiter, 500, limit)));
    const total = sums.reduce((sum, one) => sum + one, 0);
    const refilled = Math.ceil((performance.now() - begun) / 1_000);
    expect(total).toBeLessThanOrEqual(1_000 + refilled);
    expect(total).toBeGreaterThan(900);
  });

  test("what was used up comes back evenly: no double burst at the edge of any window", async () => {
    const [one] = await instances(1);
    if (one === undefined) throw new Error("no instance");
    const limit = { requests: 200, seconds: 1, burst: 200 };
    const begun = performance.now();
    let allowed = 0;
    while (performance.now() - begun < 2_000) {
      if ((await one.limiter.take("client", limit)).allowed) allowed += 1;
      else await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const seconds = (performance.now() - begun) / 1_000;
    expect(allowed).toBeLessThanOrEqual((200 + 200 * seconds) * 1.05);
    expect(allowed).toBeGreaterThan(100);
  });

  test("a refusal says how long to wait, costs no round trip, and the wait is right", async () => {
    const [one] = await instances(1);
    if (one === undefined) throw new Error("no instance");
    const limit = { requests: 1, seconds: 2, burst: 3 };
    expect(await taken(one.limiter, 3, limit)).toBe(3);
    const refused = await one.limiter.take("client", limit);
    expect(refused).toMatchObject({ allowed: false, limit: 3, remaining: 0, retryAfterSeconds: 2 });
    expect(one.limiter.take("client", limit)).not.toBeInstanceOf(Promise);
    await waitFor("one more", async () => (await one.limiter.take("client", limit)).allowed);
  });

  test("while Redis is away each instance allows its share of the limit, and all of it again after", async () => {
    const four = await instances(4);
    await waitFor(
      "all to know of each other",
      () => four.every(({ limiter }) => limiter.instances === 4),
      { timeoutMs: 20_000 },
    );
    for (const { redis } of four) redis.disconnect();
    const limit = { requests: 100, seconds: 100, burst: 100 };
    const sums = await Promise.all(four.map(({ limiter }) => taken(limiter, 100, limit)));
    for (const sum of sums) {
      expect(sum).toBeGreaterThanOrEqual(25);
      expect(sum).toBeLessThanOrEqual(27);
    }
  });

  test("clients do not share, and a filled bucket starts anew", async () => {
    const [one] = await instances(1);
    if (one === undefined) throw new Error("no instance");
    const limit = { requests: 1, seconds: 1_000, burst: 2 };
    expect(await taken(one.limiter, 5, limit)).toBe(2);
    expect((await one.limiter.take("other", limit)).allowed).toBe(true);
    await one.limiter.refill("client");
    expect(await taken(one.limiter, 5, limit)).toBe(2);
  });
});

describe("RATE_LIMITS", () => {
  test("changes what it names, and leaves sign-in strict whatever the default", () => {
    const limits = parseRateLimits("default=10/1s:20, movements=5000/1s:9000");
    expect(limits?.read).toEqual({ requests: 10, seconds: 1, burst: 20 });
    expect(limits?.movements).toEqual({ requests: 5_000, seconds: 1, burst: 9_000 });
    expect(limits?.sign_in_account).toEqual({ requests: 10, seconds: 300, burst: 10 });
    expect(parseRateLimits("")?.write).toEqual({ requests: 1_000, seconds: 1, burst: 2_000 });
  });

  test.each(["read", "read=1", "read=0/1s:1", "nobody=1/1s:1", "read=1/1s:0"])(
    "%s is refused",
    (text) => {
      expect(parseRateLimits(text)).toBeUndefined();
    },
  );
});
