/** Tokens as RFC 8725 wants them, and the keys of an external issuer: rotation, cooldown, an issuer that is away. */
import { createHmac, generateKeyPairSync } from "node:crypto";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { createTokenVerifier } from "../../platform/accessTokens.ts";
import { remoteKeys } from "../../platform/tokenKeys.ts";

const CONFIG = {
  JWT_ISSUER: "https://issuer.example",
  JWT_AUDIENCE: "stockline",
  JWT_JWKS_URL: "https://issuer.example/keys",
  JWT_KEY_FILE: undefined,
};

interface Signer {
  readonly jwk: JWK;
  sign(claims?: object, header?: object): Promise<string>;
}

async function aSigner(kid: string, alg = "ES256", named = true): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, ...(named ? { alg } : {}) };
  const now = Math.floor(Date.now() / 1_000);
  return {
    jwk,
    sign: (claims = {}, header = {}) =>
      new SignJWT({
        sub: "ann",
        iss: CONFIG.JWT_ISSUER,
        aud: CONFIG.JWT_AUDIENCE,
        roles: ["viewer"],
        iat: now,
        exp: now + 600,
        ...claims,
      })
        .setProtectedHeader({ alg, kid, typ: "at+jwt", ...header })
        .sign(privateKey),
  };
}

/** An issuer whose keys and clock the test moves. */
function anIssuer(...signers: Signer[]) {
  const state = { keys: signers.map(({ jwk }) => jwk), nowMs: 0, fetches: 0, away: false };
  const fetch: typeof globalThis.fetch = async () => {
    state.fetches += 1;
    if (state.away) throw new Error("away");
    return Response.json({ keys: state.keys });
  };
  const options = { nowMs: () => state.nowMs, fetch };
  return { state, options, verifier: createTokenVerifier(CONFIG, options) };
}

let one: Signer;
let two: Signer;
beforeAll(async () => {
  one = await aSigner("one");
  two = await aSigner("two");
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("what is refused", () => {
  const seconds = () => Math.floor(Date.now() / 1_000);

  test.each<[string, () => object, (() => object)?]>([
    ["T4 another issuer", () => ({ iss: "https://other.example" })],
    ["T5 another audience", () => ({ aud: "books" })],
    ["T6 an id token as access token", () => ({}), () => ({ typ: "JWT" })],
    ["T7 expired by 61 s", () => ({ iat: seconds() - 300, exp: seconds() - 61 })],
    ["T7 not before 61 s from now", () => ({ nbf: seconds() + 62 })],
    ["T7 issued 61 s from now", () => ({ iat: seconds() + 62 })],
    ["T8 without expiry", () => ({ exp: undefined })],
    ["T8 with an expiry in ten years", () => ({ exp: seconds() + 10 * 365 * 86_400 })],
    ["without a subject", () => ({ sub: "" })],
    ["with a line break in its subject", () => ({ sub: "ann\nadmin" })],
    ["T10 with a key id that is a path", () => ({}), () => ({ kid: "../../key" })],
  ])("%s", async (_what, claims, header = () => ({})) => {
    const { verifier } = anIssuer(one, two);
    const token = await one.sign(claims(), header());
    await expect((await verifier).verify(token)).rejects.toBeInstanceOf(Error);
  });

  test("T7 what lies within the skew of 60 s is taken", async () => {
    const { verifier } = anIssuer(one);
    const now = seconds();
    const token = await one.sign({ iat: now - 300, nbf: now + 50, exp: now - 50 });
    expect((await (await verifier).verify(token)).subject).toBe("ann");
  });

  test("T1 unsigned, and T2 HS256 signed with the public key", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const pem = publicKey.export({ type: "spki", format: "pem" });
    const jwk = { ...publicKey.export({ format: "jwk" }), kid: "rsa" };
    const { verifier, state } = anIssuer();
    state.keys = [jwk];
    const claims = { sub: "x", iss: CONFIG.JWT_ISSUER, aud: CONFIG.JWT_AUDIENCE };
    const body = encode({ ...claims, iat: seconds(), exp: seconds() + 60 });
    const head = (alg: string) => encode({ alg, typ: "at+jwt", kid: "rsa" });
    const mac = createHmac("sha256", pem)
      .update(`${head("HS256")}.${body}`)
      .digest("base64url");
    for (const token of [`${head("none")}.${body}.`, `${head("HS256")}.${body}.${mac}`]) {
      await expect((await verifier).verify(token)).rejects.toBeInstanceOf(Error);
    }
    expect(privateKey.type).toBe("private");
  });

  test("T3 a key without alg is good for the one of its type, whatever the token asks for", async () => {
    const { privateKey, publicKey } = await generateKeyPair("PS256", { extractable: true });
    const { alg: _alg, ...jwk } = await exportJWK(publicKey);
    const { verifier, state } = anIssuer();
    state.keys = [{ ...jwk, kid: "rsa" }];
    const token = await new SignJWT({ sub: "x" })
      .setProtectedHeader({ alg: "PS256", kid: "rsa", typ: "at+jwt" })
      .setIssuer(CONFIG.JWT_ISSUER)
      .setAudience(CONFIG.JWT_AUDIENCE)
      .setIssuedAt()
      .setExpirationTime("1m")
      .sign(privateKey);
    await expect((await verifier).verify(token)).rejects.toThrow("another algorithm");
  });

  test("T10 keys that the token brings or points to are not looked at", async () => {
    const thief = await aSigner("one");
    const { verifier, state } = anIssuer(one);
    for (const header of [
      { jwk: thief.jwk },
      { jku: "https://thief.example/keys" },
      { x5u: "https://thief.example/chain" },
    ]) {
      await expect((await verifier).verify(await thief.sign({}, header))).rejects.toBeInstanceOf(
        Error,
      );
    }
    expect(state.fetches).toBe(1);
  });

  test("a private key, a symmetric key and a key for encryption in a set are no keys", async () => {
    const { state, options } = anIssuer();
    state.keys = [
      { kty: "oct", k: "AAAA", kid: "shared" },
      { ...one.jwk, kid: "enc", use: "enc" },
      { ...one.jwk, kid: "odd", alg: "HS256" },
    ];
    const keys = remoteKeys(CONFIG.JWT_JWKS_URL, options);
    for (const kid of ["shared", "enc", "odd"]) expect(await keys.find(kid)).toBeUndefined();
  });
});

describe("keys of an external issuer", () => {
  test("T9 ten thousand unknown key ids cost one fetch in 30 s", async () => {
    const { verifier, state } = anIssuer(one);
    await (await verifier).verify(await one.sign());
    const forged = await one.sign({}, { kid: "nobody" });
    const many = Array.from({ length: 10_000 }, async () => (await verifier).verify(forged));
    const outcomes = await Promise.allSettled(many);
    expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
    expect(state.fetches).toBe(1);
    state.nowMs += 30_001;
    await expect((await verifier).verify(forged)).rejects.toBeInstanceOf(Error);
    expect(state.fetches).toBe(2);
  });

  test("T11 a new key is taken at once, beside the old; a removed one is refused within ten minutes", async () => {
    const { verifier, state } = anIssuer(one);
    expect((await (await verifier).verify(await one.sign())).subject).toBe("ann");
    state.nowMs += 60_000;
    state.keys = [one.jwk, two.jwk];
    expect((await (await verifier).verify(await two.sign())).subject).toBe("ann");
    expect((await (await verifier).verify(await one.sign({ jti: "2" }))).subject).toBe("ann");
    state.keys = [two.jwk];
    state.nowMs += 10 * 60_000;
    await expect((await verifier).verify(await one.sign({ jti: "3" }))).rejects.toBeInstanceOf(
      Error,
    );
    expect((await (await verifier).verify(await two.sign({ jti: "4" }))).subject).toBe("ann");
  });

  test("an issuer that is away changes nothing for ten minutes; then requests are told to come again", async () => {
    const { verifier, state } = anIssuer(one);
    await (await verifier).verify(await one.sign());
    state.away = true;
    state.nowMs += 6 * 60_000;
    expect((await (await verifier).verify(await one.sign({ jti: "2" }))).subject).toBe("ann");
    state.nowMs += 5 * 60_000;
    await expect((await verifier).verify(await one.sign({ jti: "3" }))).rejects.toMatchObject({
      code: "issuer_unavailable",
    });
    state.away = false;
    state.nowMs += 31_000;
    expect((await (await verifier).verify(await one.sign({ jti: "4" }))).subject).toBe("ann");
  });

  test("a session or a client id of another issuer's token means nothing here", async () => {
    const { verifier } = anIssuer(one);
    const id = "00000000-0000-7000-8000-000000000000";
    const caller = await (await verifier).verify(await one.sign({ sid: id, client_id: id }));
    expect(caller.bearer).toBeUndefined();
  });
});
