/** Personal data on a test's own database, with the local key file of the run; and a KMS that speaks AWS's JSON protocol. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import pg from "pg";
import { createPersonalData } from "../../pipelines/privacy/index.ts";
import { type Config, readConfig } from "../../platform/config.ts";
import { createKeyWrapper } from "../../platform/cryptoWrapper.ts";
import type { PersonalData } from "../../platform/personalData.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { testBackends } from "./backends.ts";

/** Personal data as the product makes it without a KMS key. */
export function testPersonalData(db: DbPool): PersonalData {
  const config = readConfig({ ...testBackends().env, DATABASE_URL: "postgres://unused" });
  return createPersonalData({ db, wrapper: createKeyWrapper(config) });
}

export interface TestKms {
  readonly endpoint: string;
  /** Operations that were answered, in order. */
  readonly asked: string[];
  /** While true every request is answered 503, as by a service that is down. */
  down: boolean;
  close(): Promise<void>;
}

/**
 * A small KMS behind a real socket: GenerateDataKey and Decrypt under a master key of its own, bound to the encryption context, with
 * AWS's error documents. Requests must be signed.
 */
export async function startTestKms(): Promise<TestKms> {
  const master = randomBytes(32);
  const kms = { asked: [] as string[], down: false };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body: KmsRequest = JSON.parse(await text(request));
    const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    const isSigned = request.headers.authorization?.startsWith("AWS4-HMAC-SHA256 ") === true;
    if (!kms.down && isSigned) kms.asked.push(operation);
    const [status, answer] = kms.down
      ? [503, { __type: "KMSInternalException", message: "down" }]
      : isSigned
        ? perform(master, operation, body)
        : [400, { __type: "MissingAuthenticationTokenException" }];
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(answer));
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(kms, {
    endpoint: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

interface KmsRequest {
  readonly KeyId: string;
  readonly EncryptionContext: object;
  readonly KeySpec?: string;
  readonly CiphertextBlob?: string;
}

function perform(master: Buffer, operation: string, body: KmsRequest): [number, object] {
  const { KeyId, CiphertextBlob = "" } = body;
  const context = Buffer.from(JSON.stringify([KeyId, body.EncryptionContext]));
  if (operation === "GenerateDataKey") {
    const key = randomBytes(body.KeySpec === "AES_256" ? 32 : 16);
    const blob = wrap(master, context, key).toString("base64");
    return [200, { KeyId, Plaintext: key.toString("base64"), CiphertextBlob: blob }];
  }
  try {
    const key = unwrap(master, context, Buffer.from(CiphertextBlob, "base64"));
    return [200, { KeyId, Plaintext: key.toString("base64") }];
  } catch {
    return [400, { __type: "InvalidCiphertextException", message: "not ours" }];
  }
}

function wrap(master: Buffer, context: Buffer, key: Buffer): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", master, iv).setAAD(context);
  const sealed = Buffer.concat([cipher.update(key), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

function unwrap(master: Buffer, context: Buffer, blob: Buffer): Buffer {
  const opener = createDecipheriv("aes-256-gcm", master, blob.subarray(0, 12)).setAAD(context);
  opener.setAuthTag(blob.subarray(12, 28));
  return Buffer.concat([opener.update(blob.subarray(28)), opener.final()]);
}

/** Tables whose rows hold one of the texts, in any column. */
export async function tablesHolding(
  config: Pick<Config, "DATABASE_OWNER_URL">,
  texts: readonly string[],
): Promise<string[]> {
  const admin = new pg.Client({ connectionString: config.DATABASE_OWNER_URL });
  await admin.connect();
  const { rows: tables } = await admin.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await admin.query<{ held: boolean }>(
      `select exists (select from ${name} t where t::text ilike any($1::text[])) as held`,
      [texts.map((text) => `%${text}%`)],
    );
    if (rows[0]?.held === true) found.push(name);
  }
  await admin.end();
  return found;
}
