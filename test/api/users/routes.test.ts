/** Users and machine clients as administrators keep them. */
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRoutes } from "../../../api/routes.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";

let api: ApiHarness;
beforeAll(async () => {
  api = await createApiHarness({ routes: createRoutes });
});
afterAll(() => api.close());

const aUser = (given: Record<string, unknown> = {}, headers = {}) =>
  api.request("POST", "/v1/users", {
    headers,
    body: { email: "ann@example.com", name: "Ann", roles: ["buyer"], ...given },
  });

describe("users", () => {
  test("are made, read, listed, found by address and changed, with versions", async () => {
    const made = await aUser({ email: " Ann@Example.com ", roles: ["buyer", "buyer"] });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      email: "ann@example.com",
      name: "Ann",
      roles: ["buyer"],
      warehouses: null,
      status: "active",
      version: 1,
      last_signed_in_at: null,
    });
    expect(made.headers.get("location")).toBe(`/v1/users/${made.body.id}`);
    const path = `/v1/users/${made.body.id}`;
    expect((await api.request("GET", path)).body).toEqual(made.body);
    const found = await api.request("GET", "/v1/users?email=ANN@example.com");
    expect(found.body.data).toEqual([made.body]);
    const changed = await api.request("PATCH", path, {
      headers: { "if-match": '"1"' },
      body: { name: "Anna", roles: ["buyer", "analyst"], warehouses: ["MAIN"] },
    });
    expect(changed.body).toMatchObject({ name: "Anna", version: 2, warehouses: ["MAIN"] });
    const stale = await api.request("PATCH", path, { headers: { "if-match": '"1"' }, body: {} });
    expect(stale.status).toBe(412);
    const more = await aUser({ email: "bob@example.com" });
    const first = await api.request("GET", "/v1/users?limit=1");
    expect(first.body.data).toHaveLength(1);
    const next = await api.request("GET", `/v1/users?limit=5&cursor=${first.body.next_cursor}`);
    expect(next.body.data.at(-1)).toEqual(more.body);
  });

  test("an address belongs to one user", async () => {
    await aUser({ email: "one@example.com" });
    const again = await aUser({ email: "ONE@example.com" });
    expect([again.status, again.body.code]).toEqual([409, "email_taken"]);
    expect(JSON.stringify(again.body)).not.toContain("one@example.com");
  });

  test.each([
    [{ email: "not one" }, "email_format"],
    [{ email: "a@b c" }, "email_format"],
    [{ roles: [] }, "too_small"],
    [{ roles: ["boss"] }, "not_allowed"],
    [{ roles: ["service"] }, "not_allowed"],
    [{ id: "00000000-0000-7000-8000-000000000000" }, "unknown_field"],
    [{ password_hash: "x" }, "unknown_field"],
    [{ email: "short@example.com", password: "short" }, "password_weak"],
    [{ email: "usual@example.com", password: "password123" }, "password_weak"],
    [{ email: "long.name@example.com", password: "long.name@example.com" }, "password_weak"],
  ])("%j is refused: %s", async (given, code) => {
    const answer = await aUser(given);
    expect([answer.status, answer.body.code]).toEqual([422, code]);
    if ("password" in given) expect(JSON.stringify(answer.body)).not.toContain(given.password);
  });

  test("a repeated request makes one user, and keeps neither password nor a quick hash of it", async () => {
    const headers = { "idempotency-key": "make carol" };
    const body = { email: "carol@example.com", password: "a very long secret" };
    const first = await aUser(body, headers);
    const second = await aUser(body, headers);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get("idempotency-replayed")).toBe("true");
    const other = await aUser({ ...body, password: "another long secret" }, headers);
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
    const { rows } = await api.context.db.query("select response_body from idempotency_keys");
    expect(JSON.stringify(rows)).not.toContain("secret");
  });

  test("the last administrator of all warehouses can't be disabled, lowered or limited, also by two at once", async () => {
    const one = (await aUser({ email: "boss1@example.com", roles: ["admin"] })).body;
    const patch = (id: string, body: unknown) => api.request("PATCH", `/v1/users/${id}`, { body });
    for (const change of [{ status: "disabled" }, { roles: ["viewer"] }, { warehouses: ["A"] }]) {
      const answer = await patch(one.id, change);
      expect([answer.status, answer.body.code]).toEqual([409, "last_admin"]);
    }
    const two = (await aUser({ email: "boss2@example.com", roles: ["admin"] })).body;
    const answers = await Promise.all(
      [one, two].map(({ id }) => patch(id, { status: "disabled" })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  });

  test("an administrator who is limited to warehouses can't reach beyond them by way of a user or a client", async () => {
    const limited = { role: "admin", warehouses: ["A"] } as const;
    for (const path of ["/v1/users", "/v1/service-clients"]) {
      expect((await api.request("GET", path, limited)).status).toBe(403);
    }
    const answer = await api.request("POST", "/v1/users", {
      ...limited,
      body: { email: "x@example.com", name: "x", roles: ["admin"] },
    });
    expect(answer.status).toBe(403);
  });

  test("a set password signs in, and ending sessions ends them", async () => {
    const { id, email } = (await aUser({ email: "dan@example.com" })).body;
    const password = "a very long secret";
    const set = await api.request("POST", `/v1/users/${id}/password`, { body: { password } });
    expect(set.status).toBe(204);
    const login = () =>
      api.request("POST", "/v1/auth/login", { role: "none", body: { email, password } });
    const { access_token } = (await login()).body;
    await login();
    const ended = await api.request("POST", `/v1/users/${id}/sign-out`);
    expect(ended.body).toEqual({ ended: 2 });
    const headers = { authorization: `Bearer ${access_token}` };
    expect((await api.request("GET", "/v1/auth/me", { role: "none", headers })).status).toBe(401);
    expect((await api.request("GET", `/v1/users/${id}`)).body.last_signed_in_at).not.toBeNull();
  });
});

describe("service clients", () => {
  const token = (body: unknown, headers = {}) =>
    api.request("POST", "/v1/auth/token", { role: "none", headers, body });
  const aClient = async (given: Record<string, unknown> = {}) => {
    const body = { name: `client ${Math.random()}`, scopes: ["read", "movements:write"], ...given };
    const answer = await api.request("POST", "/v1/service-clients", { body });
    expect(answer.status).toBe(201);
    return answer.body;
  };
  const may = async (bearer: string, path: string) =>
    (
      await api.request("GET", path, {
        role: "none",
        headers: { authorization: `Bearer ${bearer}` },
      })
    ).status;

  test("get a token with their scopes by form, JSON and HTTP Basic", async () => {
    const { id, client_secret } = await aClient({ warehouses: ["MAIN"] });
    expect(client_secret).toMatch(/^slc_[\w-]{43}$/);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const basic = Buffer.from(`${id}:${client_secret}`).toString("base64");
    const grant_type = "client_credentials";
    const answers = [
      await token(
        `grant_type=client_credentials&client_id=${id}&client_secret=${client_secret}`,
        form,
      ),
      await token({ grant_type, client_id: id, client_secret }),
      await token("grant_type=client_credentials", { ...form, authorization: `Basic ${basic}` }),
    ];
    for (const { status, body } of answers) {
      expect([status, body.token_type, body.scope]).toEqual([
        200,
        "Bearer",
        "read movements:write",
      ]);
      expect(decodeJwt(body.access_token)).toMatchObject({
        sub: id,
        client_id: id,
        roles: ["service"],
        warehouses: ["MAIN"],
      });
      expect(await may(body.access_token, "/v1/items")).toBe(200);
      expect(await may(body.access_token, "/v1/users")).toBe(403);
    }
  });

  test("may ask for fewer scopes, not for more", async () => {
    const { id, client_secret } = await aClient();
    const ask = (scope: string) =>
      token({ grant_type: "client_credentials", client_id: id, client_secret, scope });
    const { access_token } = (await ask("movements:write")).body;
    expect(await may(access_token, "/v1/items")).toBe(403);
    expect((await ask("read users:manage")).body.code).toBe("invalid_scope");
  });

  test("what is taken away is refused at once, and a disabled client altogether", async () => {
    const { id, client_secret } = await aClient();
    const credentials = { grant_type: "client_credentials", client_id: id, client_secret };
    const { access_token } = (await token(credentials)).body;
    expect(await may(access_token, "/v1/items")).toBe(200);
    const patch = (body: unknown) => api.request("PATCH", `/v1/service-clients/${id}`, { body });
    await patch({ scopes: ["movements:write"] });
    expect(await may(access_token, "/v1/items")).toBe(403);
    await patch({ status: "disabled" });
    expect(await may(access_token, "/v1/items")).toBe(401);
    expect((await token(credentials)).body.code).toBe("invalid_client");
  });

  test("another secret makes the one before useless; secrets are shown once and kept nowhere", async () => {
    const headers = { "idempotency-key": "make a client" };
    const body = { name: "repeated", scopes: ["read"] };
    const made = () => api.request("POST", "/v1/service-clients", { headers, body });
    const first = (await made()).body;
    const again = (await made()).body;
    expect(again).toEqual({ ...first, client_secret: null });
    const secret = await api.request("POST", `/v1/service-clients/${first.id}/secret`);
    const ask = (client_secret: string) =>
      token({ grant_type: "client_credentials", client_id: first.id, client_secret });
    expect((await ask(first.client_secret)).status).toBe(401);
    expect((await ask(secret.body.client_secret)).status).toBe(200);
    const { rows } = await api.context.db.query(
      "select response_body from idempotency_keys union all select c::text from service_clients c",
    );
    expect(JSON.stringify(rows)).not.toContain("slc_");
  });

  test("wrong requests for a token are told apart only by their form", async () => {
    const { id, client_secret } = await aClient();
    const grant_type = "client_credentials";
    const codes = [
      await token({ grant_type, client_id: id, client_secret: "slc_wrong" }),
      await token({ grant_type, client_id: "00000000-0000-7000-8000-000000000000", client_secret }),
      await token({ grant_type, client_id: "me", client_secret }),
      await token({ grant_type }),
      await token({ grant_type: "password", client_id: id, client_secret }),
      await token(`grant_type=${grant_type}&grant_type=${grant_type}`, {
        "content-type": "application/x-www-form-urlencoded",
      }),
    ].map((answer) => [answer.status, answer.body.code]);
    expect(codes).toEqual([
      [401, "invalid_client"],
      [401, "invalid_client"],
      [401, "invalid_client"],
      [401, "invalid_client"],
      [422, "not_allowed"],
      [422, "duplicate_key"],
    ]);
  });
});
