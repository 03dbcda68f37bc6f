/** What wraps data keys: a KMS over a real socket, and the local key file. */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { UnavailableError } from "../../domain/errors.ts";
import { readConfig } from "../../platform/config.ts";
import { createKeyWrapper } from "../../platform/cryptoWrapper.ts";
import { startTestKms, type TestKms } from "../support/personalData.ts";
import { temporaryHome } from "../support/temporaryHome.ts";

const home = temporaryHome("keys");
const configOf = (more: Record<string, string>) =>
  readConfig({
    DATABASE_URL: "postgres://x",
    REDIS_URL: "redis://x",
    STOCKLINE_HOME: home,
    ...more,
  });

describe("AWS KMS", () => {
  let kms: TestKms;
  beforeAll(async () => {
    kms = await startTestKms();
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await kms.close();
  });
  const wrapperOf = (key: string) =>
    createKeyWrapper(configOf({ PERSONAL_DATA_KMS_KEY: key, KMS_ENDPOINT: kms.endpoint }));

  test("makes a data key of 32 bytes and opens it again", async () => {
    const wrapper = wrapperOf("alias/stockline");
    const made = await wrapper.makeKey();
    expect(made.bytes.length).toBe(32);
    expect(made.wrapped.includes(made.bytes)).toBe(false);
    expect((await wrapper.openKey(made.wrapped)).equals(made.bytes)).toBe(true);
    expect(kms.asked).toEqual(["GenerateDataKey", "Decrypt"]);
    expect(wrapper.name).toBe("kms:alias/stockline");
  });

  test("a key that another KMS key wrapped, or that was changed, does not open", async () => {
    const { wrapped } = await wrapperOf("alias/other").makeKey();
    await expect(wrapperOf("alias/stockline").openKey(wrapped)).rejects.toThrow(UnavailableError);
    wrapped[20] = (wrapped[20] ?? 0) ^ 1;
    await expect(wrapperOf("alias/other").openKey(wrapped)).rejects.toThrow(UnavailableError);
  });

  test("a KMS that is down is a failure that may be tried again, without its host's name", async () => {
    kms.down = true;
    const failure = await wrapperOf("alias/stockline")
      .makeKey()
      .catch((thrown: unknown) => thrown);
    kms.down = false;
    expect(failure).toMatchObject({ code: "personal_data_locked", retriable: true });
    expect(String(failure)).not.toContain("127.0.0.1");
  });
});

describe("the local key file", () => {
  test("is made once, for its owner only, and opens what it wrapped", async () => {
    const { bytes, wrapped } = await createKeyWrapper(configOf({})).makeKey();
    const file = join(home, "keys", "personal-data.key");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file, "utf8");
    const other = createKeyWrapper(configOf({}));
    expect((await other.openKey(wrapped)).equals(bytes)).toBe(true);
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(other.name).toMatch(/^file:[0-9a-f]{16}$/);
  });

  test("in production it is never made: without it the sentence names the variable", async () => {
    const empty = temporaryHome("keys");
    const config = configOf({ NODE_ENV: "production", STOCKLINE_HOME: empty });
    await expect(createKeyWrapper(config).makeKey()).rejects.toThrow(/PERSONAL_DATA_KEY_FILE/);
    expect(existsSync(join(empty, "keys"))).toBe(false);
  });

  test("with something else in it, it is refused without showing it", async () => {
    const file = join(home, "wrong.key");
    writeFileSync(file, "hunter2");
    const wrapper = createKeyWrapper(configOf({ PERSONAL_DATA_KEY_FILE: file }));
    const failure = await wrapper.makeKey().catch((thrown: unknown) => String(thrown));
    expect(failure).toContain("expected 64 hexadecimal digits");
    expect(failure).not.toContain("hunter2");
  });
});
