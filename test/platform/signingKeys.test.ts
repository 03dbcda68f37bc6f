/** Our own keys of access tokens as values: every form that a secret store can hold, and sentences that never show one. */
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportJWK, generateKeyPair } from "jose";
import { describe, expect, test } from "vitest";
import { toError } from "../../domain/errors.ts";
import { createTokenVerifier, signLocalToken } from "../../platform/accessTokens.ts";
import { ConfigError, readConfig } from "../../platform/config.ts";
import { readSigningKeys } from "../../platform/signingKeys.ts";
import { temporaryHome } from "../support/temporaryHome.ts";

const BASE = {
  JWT_ISSUER: "https://stockline.example",
  JWT_AUDIENCE: "stockline",
  JWT_JWKS_URL: undefined,
  JWT_KEY_FILE: undefined,
};
const REQUEST = { subject: "ann", roles: ["viewer"], lifetimeSeconds: 60 } as const;

const pemOf = (pair: { privateKey: { export(options: object): unknown } }) =>
  String(pair.privateKey.export({ format: "pem", type: "pkcs8" }));
const P256 = pemOf(generateKeyPairSync("ec", { namedCurve: "P-256" }));
const ED25519 = pemOf(generateKeyPairSync("ed25519"));
const RSA = pemOf(generateKeyPairSync("rsa", { modulusLength: 2_048 }));
const SECRET = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0";

async function aJwk(more: object = {}): Promise<string> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  return JSON.stringify({ ...(await exportJWK(privateKey)), ...more });
}

test.each([
  ["a P-256 PEM", P256, "ES256"],
  ["an Ed25519 PEM", ED25519, "EdDSA"],
  ["an RSA PEM", RSA, "RS256"],
  ["a PEM in one line", P256.replaceAll("\n", "\\n"), "ES256"],
  ["a secret", SECRET, "EdDSA"],
])("tokens are signed and verified with %s", async (_what, key, alg) => {
  const config = { ...BASE, JWT_KEY: key };
  const token = await signLocalToken(config, REQUEST);
  const header = JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString());
  expect(header).toMatchObject({ alg, typ: "at+jwt" });
  const verifier = await createTokenVerifier(config);
  expect(await verifier.verify(token)).toMatchObject({ subject: "ann", roles: ["viewer"] });
});

test("a JWK needs no id and no algorithm, and one in a file is read as before", async () => {
  const plain = await aJwk();
  const [key] = await readSigningKeys({ JWT_KEY: plain, JWT_KEY_FILE: undefined });
  expect(key).toMatchObject({ alg: "ES256", kid: expect.stringMatching(/^[\w-]{43}$/) });
  const file = join(temporaryHome("keys"), "jwt.jwk.json");
  writeFileSync(file, await aJwk({ kid: "mine", alg: "ES256" }));
  expect(await readSigningKeys({ JWT_KEY_FILE: file })).toMatchObject([{ kid: "mine" }]);
});

test("a key is replaced in three restarts, and no token is refused on the way", async () => {
  const next = `${SECRET}-next`;
  const steps = [SECRET, `${SECRET},${next}`, `${next},${SECRET}`];
  const tokens = await Promise.all(
    steps.map((key) => signLocalToken({ ...BASE, JWT_KEY: key }, REQUEST)),
  );
  for (const [step, key] of steps.entries()) {
    const verifier = await createTokenVerifier({ ...BASE, JWT_KEY: key });
    // tasks of this step and of the one before and after run side by side
    for (const token of tokens.slice(Math.max(0, step - 1), step + 2)) await verifier.verify(token);
  }
  const last = await createTokenVerifier({ ...BASE, JWT_KEY: next });
  await expect(last.verify(tokens[0] ?? "")).rejects.toThrow(/key/);
});

describe("a wrong key", () => {
  const rsa1024 = pemOf(generateKeyPairSync("rsa", { modulusLength: 1_024 }));
  const p384 = pemOf(generateKeyPairSync("ec", { namedCurve: "P-384" }));
  test.each([
    ["short RSA", rsa1024, "expected a private key of P-256, Ed25519 or RSA of 2048 bits"],
    ["another curve", p384, "crv P-384"],
    ["broken PEM", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "can't be read"],
    ["no private part", '{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA-secret"}', "can't sign"],
    ["broken JSON", '{"kty":"EC","d":"very-secret-value-of-a-key', "not valid JSON"],
    ["a short secret", `${SECRET},short-secret`, "too short"],
  ])("of %s ends the start with a sentence that does not show it", async (_what, key, said) => {
    const refused = readSigningKeys({ JWT_KEY: key, JWT_KEY_FILE: undefined });
    await expect(refused).rejects.toMatchObject({ code: "signing_key" });
    const { message } = await refused.then(
      () => new Error("taken"),
      (thrown: unknown) => toError(thrown),
    );
    expect(message).toContain("JWT_KEY");
    expect(message).toContain(said);
    expect(message).not.toMatch(/secret-value|short-secret|AAAA/);
  });
});

test("the configuration takes one of value and file, and keys of sources as JSON too", () => {
  const env = { DATABASE_URL: "postgres://u:p@h/d", REDIS_URL: "redis://h" };
  expect(() => readConfig({ ...env, JWT_KEY: SECRET, JWT_KEY_FILE: "/k" })).toThrow(
    new ConfigError(["JWT_KEY_FILE is set beside JWT_KEY; expected one of the two"]),
  );
  const wanted = new Map([["https://wms.example", "0123456789abcdef"]]);
  const keysOf = (text: string) =>
    readConfig({ ...env, SOURCE_SIGNING_KEYS: text }).SOURCE_SIGNING_KEYS;
  expect(keysOf('{"https://wms.example":"0123456789abcdef"}')).toEqual(wanted);
  expect(keysOf("https://wms.example=0123456789abcdef")).toEqual(wanted);
  for (const wrong of ["{}", '{"a":"short"}', '{"a b":"0123456789abcdef"}', "{", '["a"]', "a=b"]) {
    expect(() => keysOf(wrong), wrong).toThrow(/SOURCE_SIGNING_KEYS is a value that can't be read/);
  }
});
