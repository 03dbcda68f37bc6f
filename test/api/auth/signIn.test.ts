/** Signing in, going on and signing out, on two instances that share a database and a Redis. */
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRoutes } from "../../../api/routes.ts";
import { createPasswordHasher } from "../../../platform/passwordHash.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { waitFor } from "../../support/waitFor.ts";

const PASSWORD = "correct horse battery";
let api: ApiHarness;
let other: ApiHarness;
beforeAll(async () => {
  const RATE_LIMITS = "sign_in=10000/1s:10000,sign_in_account=5/300s:5";
  api = await createApiHarness({ routes: createRoutes, env: { RATE_LIMITS } });
  other = await createApiHarness({ routes: createRoutes, env: { ...api.sharedEnv, RATE_LIMITS } });
  await aUser({ roles: ["admin"] }); // so that no test meets the last one
});
afterAll(async () => {
  await other.close();
  await api.close();
});

let users = 0;
async function aUser(given: Record<string, unknown> = {}) {
  users += 1;
  const body = {
    email: `user${users}@example.com`,
    name: "A user",
    roles: ["viewer"],
    password: PASSWORD,
    ...given,
  };
  const answer = await api.request("POST", "/v1/users", { body });
  expect(answer.status).toBe(201);
  return answer.body;
}

const post = (path: string, body: unknown, at = api) =>
  at.request("POST", path, { role: "none", body });
const login = (email: string, password = PASSWORD, at = api) =>
  post("/v1/auth/login", { email, password }, at);
const refresh = (refresh_token: string, at = api) =>
  post("/v1/auth/refresh", { refresh_token }, at);
const as = (token: string, path = "/v1/auth/me", at = api) =>
  at.request("GET", path, { role: "none", headers: { authorization: `Bearer ${token}` } });
const logout = (token: string, at = api) =>
  at.request("POST", "/v1/auth/logout", {
    role: "none",
    headers: { authorization: `Bearer ${token}` },
  });

describe("signing in", () => {
  test("answers tokens that carry roles and warehouses, good on every instance", async () => {
    const user = await aUser({ roles: ["operator"], warehouses: ["MAIN"] });
    const { status, body } = await login(user.email.toUpperCase());
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: "Bearer",
      expires_in: 900,
      refresh_token: expect.stringMatching(/^slr_[\w-]{43}$/),
    });
    expect(decodeJwt(body.access_token)).toMatchObject({
      sub: user.id,
      roles: ["operator"],
      warehouses: ["MAIN"],
    });
    for (const at of [api, other]) {
      expect((await as(body.access_token, "/v1/auth/me", at)).body).toEqual({
        subject: user.id,
        roles: ["operator"],
        permissions: ["read", "movements:write", "imports:movements"],
        warehouses: ["MAIN"],
        session: true,
      });
    }
    expect((await as(body.access_token, "/v1/users")).status).toBe(403);
  });

  test("a wrong password, an unknown address, a user without password and a disabled one are answered alike", async () => {
    const user = await aUser();
    const without = await aUser({ password: undefined });
    const disabled = await aUser();
    await api.request("PATCH", `/v1/users/${disabled.id}`, { body: { status: "disabled" } });
    const answers = [
      await login(user.email, "something else"),
      await login("nobody@example.com"),
      await login(without.email),
      await login(disabled.email),
    ];
    for (const { status, body, headers } of answers) {
      expect({ ...body, status }).toEqual({ ...answers[0]?.body, status: 401 });
      expect(body.code).toBe("credentials_invalid");
      expect(headers.get("www-authenticate")).toContain("Bearer");
    }
  });

  test("an unknown address takes as long as a wrong password", async () => {
    const hasher = createPasswordHasher(12);
    const stored = await hasher.hash(PASSWORD);
    const timed = async (hash: string | undefined): Promise<number> => {
      const times: number[] = [];
      for (let round = 0; round < 9; round += 1) {
        const begun = performance.now();
        expect((await hasher.check("wrong", hash)).right).toBe(false);
        times.push(performance.now() - begun);
      }
      return times.toSorted((a, b) => a - b)[4] ?? 0;
    };
    await timed(undefined);
    const known = await timed(stored);
    const unknown = await timed(undefined);
    expect(unknown / known).toBeGreaterThan(0.4);
    expect(unknown / known).toBeLessThan(2.5);
  });

  test("a password that was hashed with weaker parameters is hashed anew", async () => {
    const user = await aUser();
    const weak = await createPasswordHasher(9).hash(PASSWORD);
    const { db } = api.context;
    await db.query("update users set password_hash = $2 where id = $1", [user.id, weak]);
    expect((await login(user.email)).status).toBe(200);
    const { rows } = await db.query("select password_hash from users where id = $1", [user.id]);
    expect(rows[0]?.password_hash).toMatch(/^\$scrypt\$ln=10,r=8,p=3\$/);
    expect((await login(user.email)).status).toBe(200);
  });

  test("guessing an account is held back, whether or not it exists, and its owner's success forgets", async () => {
    const user = await aUser();
    for (const email of [user.email, "never-there@example.com"]) {
      for (let nth = 0; nth < 5; nth += 1) {
        expect((await login(email, "wrong password")).status).toBe(401);
      }
      const held = await login(email);
      expect([held.status, held.body.code]).toEqual([429, "rate_limited"]);
      expect(Number(held.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    const lucky = await aUser();
    for (let round = 0; round < 3; round += 1) {
      for (let nth = 0; nth < 4; nth += 1) await login(lucky.email, "wrong password");
      expect((await login(lucky.email)).status).toBe(200);
    }
  });

  test("fields that are not known are refused", async () => {
    const body = { email: "a@example.com", password: PASSWORD, roles: ["admin"] };
    expect((await post("/v1/auth/login", body)).body.code).toBe("unknown_field");
  });
});

describe("refreshing", () => {
  test("exchanges each token once; one that comes again ends the whole session everywhere", async () => {
    const { email } = await aUser();
    const first = (await login(email)).body;
    const second = (await refresh(first.refresh_token, other)).body;
    const third = (await refresh(second.refresh_token)).body;
    for (const at of [api, other]) {
      expect((await as(third.access_token, "/v1/auth/me", at)).status).toBe(200);
    }
    const stolen = await refresh(first.refresh_token);
    expect([stolen.status, stolen.body.code]).toEqual([401, "refresh_token_reused"]);
    expect((await refresh(third.refresh_token, other)).body.code).toBe("refresh_token_invalid");
    for (const token of [first, second, third]) {
      await waitFor("the other instance to refuse", async () => {
        return (await as(token.access_token, "/v1/auth/me", other)).status === 401;
      });
      expect((await as(token.access_token)).status).toBe(401);
    }
  });

  test("of many exchanges of one token at once at most one succeeds, and the session has ended", async () => {
    const { email } = await aUser();
    const { refresh_token } = (await login(email)).body;
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, nth) => refresh(refresh_token, nth % 2 === 0 ? api : other)),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect((await refresh(won[0]?.body.refresh_token)).status).toBe(401);
  });

  test("a token that never was ends nothing", async () => {
    const { email } = await aUser();
    const { access_token } = (await login(email)).body;
    expect((await refresh(`slr_${"A".repeat(43)}`)).body.code).toBe("refresh_token_invalid");
    expect((await as(access_token)).status).toBe(200);
  });

  test("a session ends when its time is over", async () => {
    const user = await aUser();
    const { refresh_token } = (await login(user.email)).body;
    await api.context.db.query(
      "update sessions set expires_at = now() - interval '1 second' where user_id = $1",
      [user.id],
    );
    expect((await refresh(refresh_token)).status).toBe(401);
  });
});

describe("signing out", () => {
  test("is refused at once on both instances, also where the token was just used; twice is the same", async () => {
    const { email } = await aUser();
    const { access_token, refresh_token } = (await login(email)).body;
    for (const at of [api, other]) {
      expect((await as(access_token, "/v1/auth/me", at)).status).toBe(200);
    }
    expect((await logout(access_token, other)).status).toBe(204);
    expect((await as(access_token, "/v1/auth/me", other)).body.code).toBe("token_invalid");
    expect((await as(access_token)).status).toBe(401);
    expect((await refresh(refresh_token)).status).toBe(401);
  });

  test("works by the refresh token, and spares other sessions", async () => {
    const { email } = await aUser();
    const one = (await login(email)).body;
    const two = (await login(email)).body;
    const { refresh_token } = one;
    for (let nth = 0; nth < 2; nth += 1) {
      expect((await post("/v1/auth/logout", { refresh_token })).status).toBe(204);
    }
    expect((await as(one.access_token)).status).toBe(401);
    expect((await as(two.access_token)).status).toBe(200);
  });

  test("a token of no session says so; none at all is 401", async () => {
    expect((await api.request("POST", "/v1/auth/logout")).body.code).toBe("no_session");
    expect((await api.request("POST", "/v1/auth/logout", { role: "none" })).status).toBe(401);
  });

  test("the database is the truth: what Redis forgot, or never learned, changes nothing", async () => {
    const { email } = await aUser();
    const { access_token } = (await login(email)).body;
    expect((await as(access_token)).status).toBe(200);
    const keys = await api.context.redis.keys(`${api.context.config.REDIS_PREFIX}:bearer:*`);
    await api.context.redis.del(keys);
    expect((await as(access_token, "/v1/auth/me", other)).status).toBe(200);
    await logout(access_token);
    await api.context.redis.del(
      await api.context.redis.keys(`${api.context.config.REDIS_PREFIX}:bearer:*`),
    );
    for (const at of [api, other]) {
      expect((await as(access_token, "/v1/auth/me", at)).status).toBe(401);
    }
  });
});

describe("a change of rights", () => {
  test("a lowered role, a narrowed limit and a disabled user count from the answer on, with the token that is out", async () => {
    const user = await aUser({ roles: ["admin"] });
    const { access_token } = (await login(user.email)).body;
    for (const at of [api, other]) {
      expect((await as(access_token, "/v1/users", at)).status).toBe(200);
    }
    const patch = (body: unknown) => api.request("PATCH", `/v1/users/${user.id}`, { body });
    expect((await patch({ roles: ["viewer"], warehouses: ["A"] })).status).toBe(200);
    for (const at of [api, other]) {
      expect((await as(access_token, "/v1/users", at)).status).toBe(403);
      expect((await as(access_token, "/v1/auth/me", at)).body).toMatchObject({
        roles: ["viewer"],
        warehouses: ["A"],
      });
    }
    await patch({ status: "disabled" });
    for (const at of [api, other]) {
      expect((await as(access_token, "/v1/auth/me", at)).status).toBe(401);
    }
    await patch({ status: "active" });
    expect((await as(access_token)).status).toBe(401); // the session has ended for good
  });

  test("made past the product, in the database, is found within seconds", async () => {
    const user = await aUser({ roles: ["admin"] });
    const { access_token } = (await login(user.email)).body;
    expect((await as(access_token, "/v1/users")).status).toBe(200);
    await api.context.db.query(
      "update users set roles = '{viewer}', updated_at = now() where id = $1",
      [user.id],
    );
    await waitFor(
      "the role to be lowered",
      async () => {
        return (await as(access_token, "/v1/users")).status === 403;
      },
      { timeoutMs: 30_000 },
    );
  });

  test("another password ends other sessions; a wrong current one changes nothing", async () => {
    const { email } = await aUser();
    const mine = (await login(email)).body.access_token;
    const elsewhere = (await login(email)).body.access_token;
    const change = (current_password: string) =>
      api.request("POST", "/v1/auth/password", {
        role: "none",
        headers: { authorization: `Bearer ${mine}` },
        body: { current_password, password: "another long one" },
      });
    expect((await change("not this one")).body.code).toBe("credentials_invalid");
    expect((await as(elsewhere)).status).toBe(200);
    expect((await change(PASSWORD)).status).toBe(204);
    expect([(await as(mine)).status, (await as(elsewhere)).status]).toEqual([200, 401]);
    expect((await login(email)).status).toBe(401);
    expect((await login(email, "another long one")).status).toBe(200);
  });
});
