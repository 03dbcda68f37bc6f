/** S3 or a compatible server: streams in and out, and short-lived download links. Nothing is held in memory whole. */
import type { Readable } from "node:stream";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { NotFoundError, StocklineError } from "../domain/errors.ts";
import type { Config } from "./config.ts";
import { createMultipartUploads, type MultipartUploads } from "./multipartUploads.ts";
import { inCallSpan, isTracing } from "./tracing.ts";

/** Part size of multipart uploads, the least that S3 takes: with QUEUE_PARTS in flight some 10 MiB of memory, and objects of up to 52 GB. */
const PART_BYTES = 5 * 1024 * 1024;
const QUEUE_PARTS = 2;
/** A server that takes no connection, or says and takes nothing on one, for so long is away. */
const CONNECT_MS = 5_000;
const SILENCE_MS = 30_000;
/** Download links die after five minutes (reliability.md O2). */
export const LINK_SECONDS = 300;

/** Prefixes of the bucket whose objects are the product's own; what lies there is nobody's file to import. */
export const OWN_PREFIXES = {
  imports: "imports/",
  reports: "reports/",
  ledgerAnchors: "ledger-anchors/",
  purchaseOrders: "purchase-orders/",
  exports: "exports/",
} as const;

/** What is known of an object without reading it. */
export interface ObjectFacts {
  readonly key: string;
  /** Tag of the content as S3 gives it, with its quotes: changes whenever the object is written. */
  readonly etag: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

/** An object that is being read; `body` must be read or destroyed. */
export interface OpenObject {
  readonly body: Readable;
  readonly etag: string;
  readonly bytes: number;
}

/** The object is not the one that was meant: it was written again since. */
export class ObjectChangedError extends StocklineError {
  constructor(key: string) {
    super({
      code: "object_changed",
      detail: `object ${JSON.stringify(key)} was written again since it was named`,
    });
  }
}

export interface ObjectStorage {
  /** Stores a stream under the key, in parts; nothing is visible under the key until all of it arrived. */
  put(key: string, body: Readable, contentType: string): Promise<void>;
  /** Stores a small text. */
  putText(key: string, text: string, contentType: string): Promise<void>;
  /** Streams an object; throws NotFoundError. */
  get(key: string): Promise<Readable>;
  /** Begins to read an object, which must still have the given etag; throws NotFoundError or ObjectChangedError. */
  open(key: string, etag?: string): Promise<OpenObject>;
  /** What is known of an object; undefined where there is none. */
  facts(key: string): Promise<ObjectFacts | undefined>;
  /** Streams the bytes from `start` to before `end`; throws NotFoundError. */
  getRange(key: string, start: number, end: number): Promise<Readable>;
  remove(key: string): Promise<void>;
  /** Up to 1,000 keys that begin with the prefix and sort after the given one, in order. */
  list(prefix: string, after: string): Promise<string[]>;
  /** The same with what is known of each object. */
  listFacts(prefix: string, after: string): Promise<ObjectFacts[]>;
  /** Uploads that clients send in parts by signed links. */
  readonly multipart: MultipartUploads;
  /** A link that downloads the object under the given file name, for five minutes. */
  link(key: string, fileName: string): Promise<string>;
  /** Makes the bucket where it is missing (embedded and compatible servers). */
  ensureBucket(): Promise<void>;
  /** Throws when the bucket can't be reached. */
  check(): Promise<void>;
  close(): void;
}

type StorageConfig = Pick<
  Config,
  "S3_ENDPOINT" | "S3_BUCKET" | "S3_REGION" | "S3_ACCESS_KEY_ID" | "S3_SECRET_ACCESS_KEY"
>;

/** Opens the bucket of the configuration. */
export function createObjectStorage(config: StorageConfig): ObjectStorage {
  const client = createClient(config);
  // Checksums that the SDK adds by itself would be signed into links, for an empty body.
  const signing = createClient(config, {
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const Bucket = config.S3_BUCKET;
  return {
    put: async (Key, Body, ContentType) => {
      const upload = new Upload({
        client,
        params: { Bucket, Key, Body, ContentType },
        partSize: PART_BYTES,
        queueSize: QUEUE_PARTS,
      });
      try {
        await upload.done();
      } catch (thrown) {
        // A server that can't give up an upload must not hide why it was given up.
        throw Body.errored ?? thrown;
      }
    },
    putText: async (Key, Body, ContentType) => {
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType }));
    },
    get: (Key) => getStream(client, { Bucket, Key }),
    open: (Key, etag) => openObject(client, { Bucket, Key, IfMatch: etag }),
    facts: (Key) => headObject(client, { Bucket, Key }),
    getRange: (Key, start, end) =>
      getStream(client, { Bucket, Key, Range: `bytes=${start}-${end - 1}` }),
    remove: async (Key) => {
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
    list: async (Prefix, StartAfter) => {
      const answer = await client.send(new ListObjectsV2Command({ Bucket, Prefix, StartAfter }));
      return (answer.Contents ?? []).flatMap(({ Key }) => Key ?? []);
    },
    listFacts: async (Prefix, StartAfter) => {
      const answer = await client.send(new ListObjectsV2Command({ Bucket, Prefix, StartAfter }));
      return (answer.Contents ?? []).map((object) => ({
        key: object.Key ?? "",
        etag: object.ETag ?? "",
        bytes: object.Size ?? 0,
        modifiedAt: object.LastModified ?? new Date(0),
      }));
    },
    multipart: createMultipartUploads(signing, Bucket),
    link: (Key, fileName) =>
      getSignedUrl(
        client,
        new GetObjectCommand({
          Bucket,
          Key,
          ResponseContentDisposition: `attachment; filename="${fileName.replaceAll(/[^\w.-]/g, "_")}"`,
        }),
        { expiresIn: LINK_SECONDS },
      ),
    ensureBucket: () => ensureBucket(client, Bucket),
    check: async () => {
      await client.send(new HeadBucketCommand({ Bucket }));
    },
    close: () => {
      client.destroy();
      signing.destroy();
    },
  };
}

function createClient(config: StorageConfig, more: S3ClientConfig = {}): S3Client {
  const client = new S3Client({
    region: config.S3_REGION,
    // Without these a server that hangs holds whoever reads from it for ever.
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
    }),
    ...more,
    ...(config.S3_ENDPOINT === undefined
      ? {}
      : {
          endpoint: config.S3_ENDPOINT,
          forcePathStyle: true,
          requestChecksumCalculation: "WHEN_REQUIRED",
          responseChecksumValidation: "WHEN_REQUIRED",
        }),
    ...(config.S3_ACCESS_KEY_ID === undefined || config.S3_SECRET_ACCESS_KEY === undefined
      ? {}
      : {
          credentials: {
            accessKeyId: config.S3_ACCESS_KEY_ID,
            secretAccessKey: config.S3_SECRET_ACCESS_KEY,
          },
        }),
  });
  if (isTracing()) {
    client.middlewareStack.add(
      (next, { commandName = "call" }) =>
        (args) =>
          inCallSpan(`S3 ${commandName}`, { "rpc.system": "aws-api" }, () => next(args)),
      { step: "initialize", name: "traces" },
    );
  }
  return client;
}

async function getStream(client: S3Client, wanted: GetObjectCommandInput): Promise<Readable> {
  try {
    const answer = await client.send(new GetObjectCommand(wanted));
    return answer.Body as Readable;
  } catch (thrown) {
    if (isNamed(thrown, "NoSuchKey")) throw new NotFoundError("object", String(wanted.Key));
    throw thrown;
  }
}

async function openObject(
  client: S3Client,
  wanted: { Bucket: string; Key: string; IfMatch: string | undefined },
): Promise<OpenObject> {
  const { Key, IfMatch } = wanted;
  try {
    const answer = await client.send(new GetObjectCommand(wanted));
    const body = answer.Body as Readable;
    const { ETag: etag = "", ContentLength: bytes = 0 } = answer;
    if (IfMatch === undefined || etag === IfMatch) return { body, etag, bytes };
    body.destroy(); // a server that does not know If-Match
    throw new ObjectChangedError(Key);
  } catch (thrown) {
    if (isNamed(thrown, "NoSuchKey")) throw new NotFoundError("object", Key);
    if (isNamed(thrown, "PreconditionFailed")) throw new ObjectChangedError(Key);
    throw thrown;
  }
}

async function headObject(
  client: S3Client,
  wanted: { Bucket: string; Key: string },
): Promise<ObjectFacts | undefined> {
  try {
    const found = await client.send(new HeadObjectCommand(wanted));
    return {
      key: wanted.Key,
      etag: found.ETag ?? "",
      bytes: found.ContentLength ?? 0,
      modifiedAt: found.LastModified ?? new Date(0),
    };
  } catch (thrown) {
    if (isNamed(thrown, "NotFound") || isNamed(thrown, "NoSuchKey")) return undefined;
    throw thrown;
  }
}

const AWAY = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ERR_STREAM_PREMATURE_CLOSE",
]);

/** True where the storage is away for a while or was cut off, so that the same may be tried again. */
export function isStorageAway(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if (thrown.name === "TimeoutError") return true;
  const { code, $metadata: answer } = thrown as Error & {
    readonly code?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  if (typeof code === "string" && AWAY.has(code)) return true;
  return (answer?.httpStatusCode ?? 0) >= 500;
}

async function ensureBucket(client: S3Client, Bucket: string): Promise<void> {
  try {
    await client.send(new HeadBucketCommand({ Bucket }));
  } catch (thrown) {
    if (!isNamed(thrown, "NotFound")) throw thrown;
    await client.send(new CreateBucketCommand({ Bucket }));
  }
}

function isNamed(thrown: unknown, name: string): boolean {
  return thrown instanceof Error && thrown.name === name;
}
