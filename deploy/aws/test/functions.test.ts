// Rotation of secrets, step by step, against a store in memory; the statements themselves run on a real server in test/deploy.
import { describe, expect, test } from "vitest";
import { PARTNER_VARIABLES } from "../../../platform/partnerVariables.ts";
import { withHosts, withSigningSecret, withSource } from "../functions/completeSecrets.ts";
import { nextUsername, withUrls } from "../functions/databaseLogins.ts";
import { loginRotation, parseLogin } from "../functions/loginRotation.ts";
import { runRotationStep } from "../functions/rotation.ts";
import type { Fields, SecretStore } from "../functions/secretVersions.ts";

const writer = {
  username: "stockline_writer_a",
  password: "oldPassword0123456789",
  role: "stockline_writer",
  alternates: "yes",
  host: "primary.example",
  host_2: "replica.example",
  port: "5432",
  dbname: "stockline",
};

/** A secret's versions, as Secrets Manager keeps them. */
function storeWith(current: Fields): { store: SecretStore; stages: Map<string, Fields> } {
  const stages = new Map<string, Fields>([["AWSCURRENT", current]]);
  return {
    stages,
    store: {
      read: (_id, stage) => Promise.resolve(stages.get(stage)),
      write: (_id, fields, token) => {
        stages.set(token === undefined ? "AWSCURRENT" : "AWSPENDING", fields);
        return Promise.resolve();
      },
      promote: () => {
        const pending = stages.get("AWSPENDING");
        if (pending !== undefined) stages.set("AWSCURRENT", pending);
        return Promise.resolve();
      },
      newPassword: () => Promise.resolve("newPassword0123456789"),
    },
  };
}

const event = (Step: string) => ({ Step, SecretId: "writer", ClientRequestToken: "token-1" });
const noServer = loginRotation(
  () => Promise.resolve("postgres://admin@primary.example/stockline"),
  () => Promise.reject(new Error("no server here")),
);

describe("rotating a login", () => {
  test("makes the other login's version, with its URLs, once", async () => {
    const { store, stages } = storeWith(writer);
    await runRotationStep(event("createSecret"), store, noServer);
    const pending = stages.get("AWSPENDING");
    expect(pending).toMatchObject({
      username: "stockline_writer_b",
      password: "newPassword0123456789",
    });
    expect(pending?.["url"]).toBe(
      "postgres://stockline_writer_b:newPassword0123456789@primary.example:5432/stockline?sslmode=verify-full",
    );
    expect(pending?.["url_2"]).toContain("@replica.example:5432/");
    store.newPassword = () => Promise.reject(new Error("asked twice"));
    await runRotationStep(event("createSecret"), store, noServer);
    expect(stages.get("AWSPENDING")).toEqual(pending);
  });

  test("becomes current only by the last step", async () => {
    const { store, stages } = storeWith(writer);
    await runRotationStep(event("createSecret"), store, noServer);
    expect(stages.get("AWSCURRENT")).toEqual(writer);
    await runRotationStep(event("finishSecret"), store, noServer);
    expect(stages.get("AWSCURRENT")?.["username"]).toBe("stockline_writer_b");
  });

  test("stops with a sentence when there is nothing to set, and at an unknown step", async () => {
    const { store } = storeWith(writer);
    await expect(runRotationStep(event("setSecret"), store, noServer)).rejects.toThrow(
      "setSecret: secret writer has no pending version",
    );
    await expect(runRotationStep(event("spin"), store, noServer)).rejects.toThrow(
      'step "spin" is unknown',
    );
  });
});

describe("logins", () => {
  test("alternate, but for the owner, who is used by one task at a time", () => {
    const a = parseLogin(writer);
    const b = { ...a, username: nextUsername(a) };
    expect([nextUsername(a), nextUsername(b)]).toEqual([
      "stockline_writer_b",
      "stockline_writer_a",
    ]);
    expect(nextUsername({ ...a, username: "stockline_owner", alternates: "no" })).toBe(
      "stockline_owner",
    );
  });

  test("have one URL where there is one host", () => {
    const { url, url_2: second } = withUrls({ ...parseLogin(writer), host_2: undefined });
    expect(second).toBe(url);
  });

  test("say which field is missing", () => {
    expect(() => parseLogin({ ...writer, host: undefined })).toThrow(
      'the secret has no field "host"',
    );
  });
});

describe("completing secrets", () => {
  const never = () => Promise.reject(new Error("asked for a password"));

  test("moves a login to other servers, with the password that it has", () => {
    const moved = withHosts(writer, "first.example,second.example");
    expect(moved).toEqual({ ...writer, host: "first.example", host_2: "second.example" });
    expect(withHosts(writer, "only.example")["host_2"]).toBe("only.example");
  });

  test("gives the first source what CloudFormation generated, and a later one a key of its own beside it", async () => {
    const first = await withSource({ password: "generated0123456789" }, "urn:a", never);
    expect(first).toEqual({ "urn:a": "generated0123456789" });
    const byHand = { ...first, "urn:b": "agreed0123456789" };
    expect(await withSource(byHand, "urn:a", never)).toEqual(byHand);
    expect(await withSource(byHand, "urn:c", () => Promise.resolve("new0123456789"))).toEqual({
      ...byHand,
      "urn:c": "new0123456789",
    });
  });

  test("writes the partners' key as the event processor takes it", () => {
    const password = "aB3".repeat(16); // 48 letters and digits, as Secrets Manager generates them
    const { secret } = withSigningSecret({ password });
    const { schema } = PARTNER_VARIABLES.PARTNER_SIGNING_SECRET;
    expect(schema.parse(secret)).toBe(`whsec_${password}`);
    expect(withSigningSecret({ password, secret })).toEqual({ password, secret });
  });
});
