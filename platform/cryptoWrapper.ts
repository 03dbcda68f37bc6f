/**
 * What data keys of personal data are wrapped with: AWS KMS where PERSONAL_DATA_KMS_KEY names a key, else a local key file. Whoever
 * reads the database has wrapped keys only.
 */
import { createCipheriv, createDecipheriv, hash, randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { KMSClient } from "@aws-sdk/client-kms";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { StocklineError, UnavailableError } from "../domain/errors.ts";
import type { Config } from "./config.ts";

/** Makes and opens data keys of 32 bytes. Throws UnavailableError where what it stands on is away. */
export interface KeyWrapper {
  /** Names what wraps, for the row of the key. */
  readonly name: string;
  makeKey(): Promise<{ readonly bytes: Buffer; readonly wrapped: Buffer }>;
  openKey(wrapped: Buffer): Promise<Buffer>;
  close(): void;
}

type WrapperConfig = Pick<
  Config,
  | "PERSONAL_DATA_KMS_KEY"
  | "PERSONAL_DATA_KEY_FILE"
  | "KMS_ENDPOINT"
  | "AWS_REGION"
  | "STOCKLINE_HOME"
  | "NODE_ENV"
>;

const KEY_BYTES = 32;
const KMS_ANSWER_MS = 5_000;
/** Binds a data key to its use: KMS refuses to open it for another. */
const KMS_CONTEXT = { use: "stockline-personal-data" };

/** The wrapper of the configuration; nothing is opened or asked yet. */
export function createKeyWrapper(config: WrapperConfig): KeyWrapper {
  return config.PERSONAL_DATA_KMS_KEY === undefined
    ? fileWrapper(config)
    : kmsWrapper(config, config.PERSONAL_DATA_KMS_KEY);
}

function kmsWrapper(config: WrapperConfig, KeyId: string): KeyWrapper {
  let opened: Promise<KMSClient> | undefined;
  const client = (): Promise<KMSClient> => (opened ??= openKms(config));
  return {
    name: `kms:${KeyId}`,
    makeKey: async () => {
      const { GenerateDataKeyCommand } = await import("@aws-sdk/client-kms");
      const command = new GenerateDataKeyCommand({
        KeyId,
        KeySpec: "AES_256",
        EncryptionContext: KMS_CONTEXT,
      });
      const answer = await (await client()).send(command).catch(refuse);
      return { bytes: bytesOf(answer.Plaintext), wrapped: bytesOf(answer.CiphertextBlob) };
    },
    openKey: async (wrapped) => {
      const { DecryptCommand } = await import("@aws-sdk/client-kms");
      const command = new DecryptCommand({
        KeyId,
        CiphertextBlob: wrapped,
        EncryptionContext: KMS_CONTEXT,
      });
      return bytesOf((await (await client()).send(command).catch(refuse)).Plaintext);
    },
    close: () => void opened?.then((kms) => kms.destroy()),
  };
}

/** Loads the AWS library only where KMS is used. */
async function openKms(config: WrapperConfig): Promise<KMSClient> {
  const { KMSClient: Client } = await import("@aws-sdk/client-kms");
  return new Client({
    region: config.AWS_REGION,
    ...(config.KMS_ENDPOINT === undefined ? {} : { endpoint: config.KMS_ENDPOINT }),
    maxAttempts: 2,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 2_000,
      requestTimeout: KMS_ANSWER_MS,
      throwOnRequestTimeout: true,
    }),
  });
}

function bytesOf(bytes: Uint8Array | undefined): Buffer {
  if (bytes === undefined) throw locked(new Error("KMS answered without a key"));
  return Buffer.from(bytes);
}

function refuse(cause: unknown): never {
  throw locked(cause);
}

/** Personal data can't be read or written for now; everything else goes on. */
function locked(cause: unknown): UnavailableError {
  return new UnavailableError({
    code: "personal_data_locked",
    detail: "the keys of personal data can't be reached now; send the same request again",
    retryAfterSeconds: 5,
    cause,
  });
}

/** The file's key wraps by AES-256-GCM: IV ‖ tag ‖ ciphertext. Read at the first use. */
function fileWrapper(config: WrapperConfig): KeyWrapper {
  const file =
    config.PERSONAL_DATA_KEY_FILE ?? join(config.STOCKLINE_HOME, "keys", "personal-data.key");
  const mayMake = config.PERSONAL_DATA_KEY_FILE === undefined && config.NODE_ENV !== "production";
  let key: Buffer | undefined;
  const masterKey = (): Buffer => (key ??= readKeyFile(file, mayMake));
  return {
    get name() {
      return `file:${hash("sha256", masterKey(), "hex").slice(0, 16)}`;
    },
    makeKey: async () => {
      const bytes = randomBytes(KEY_BYTES);
      const iv = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", masterKey(), iv, { authTagLength: 16 });
      const sealed = Buffer.concat([cipher.update(bytes), cipher.final()]);
      return { bytes, wrapped: Buffer.concat([iv, cipher.getAuthTag(), sealed]) };
    },
    openKey: async (wrapped) => {
      const iv = wrapped.subarray(0, 12);
      const opener = createDecipheriv("aes-256-gcm", masterKey(), iv, { authTagLength: 16 });
      opener.setAuthTag(wrapped.subarray(12, 28));
      try {
        return Buffer.concat([opener.update(wrapped.subarray(28)), opener.final()]);
      } catch (cause) {
        throw locked(cause); // another file than the one that wrapped it
      }
    },
    close: () => undefined,
  };
}

/** 64 hexadecimal digits. Several processes may start at once: whoever links first has made it. */
function readKeyFile(file: string, mayMake: boolean): Buffer {
  if (mayMake) makeKeyFile(file);
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new StocklineError({
      code: "personal_data_key_missing",
      detail: `PERSONAL_DATA_KEY_FILE names no file that can be read; expected 64 hexadecimal digits in it, or PERSONAL_DATA_KMS_KEY`,
      cause,
    });
  }
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, "hex");
  throw new StocklineError({
    code: "personal_data_key_format",
    detail: "the file of PERSONAL_DATA_KEY_FILE holds no key; expected 64 hexadecimal digits",
  });
}

function makeKeyFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, `${randomBytes(KEY_BYTES).toString("hex")}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST")) throw thrown;
  } finally {
    rmSync(draft);
  }
}
