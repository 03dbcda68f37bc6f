/** S3 or a compatible server: streams in and out, and short-lived download links. Nothing is held in memory whole. */
import type { Readable } from "node:stream";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { NotFoundError } from "../domain/errors.ts";
import type { Config } from "./config.ts";

/** Part size of multipart uploads; with QUEUE_PARTS in flight this bounds an upload's memory to about 16 MiB. */
const PART_BYTES = 8 * 1024 * 1024;
const QUEUE_PARTS = 2;
/** Download links die after five minutes (reliability.md O2). */
const LINK_SECONDS = 300;

export interface ObjectStorage {
  /** Stores a stream under the key, in parts; nothing is visible under the key until all of it arrived. */
  put(key: string, body: Readable, contentType: string): Promise<void>;
  /** Stores a small text. */
  putText(key: string, text: string, contentType: string): Promise<void>;
  /** Streams an object; throws NotFoundError. */
  get(key: string): Promise<Readable>;
  /** Streams the bytes from `start` to before `end`; throws NotFoundError. */
  getRange(key: string, start: number, end: number): Promise<Readable>;
  remove(key: string): Promise<void>;
  /** Up to 1,000 keys that begin with the prefix and sort after the given one, in order. */
  list(prefix: string, after: string): Promise<string[]>;
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
  const Bucket = config.S3_BUCKET;
  return {
    put: async (Key, Body, ContentType) => {
      await new Upload({
        client,
        params: { Bucket, Key, Body, ContentType },
        partSize: PART_BYTES,
        queueSize: QUEUE_PARTS,
      }).done();
    },
    putText: async (Key, Body, ContentType) => {
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType }));
    },
    get: (Key) => getStream(client, { Bucket, Key }),
    getRange: (Key, start, end) =>
      getStream(client, { Bucket, Key, Range: `bytes=${start}-${end - 1}` }),
    remove: async (Key) => {
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
    list: async (Prefix, StartAfter) => {
      const answer = await client.send(new ListObjectsV2Command({ Bucket, Prefix, StartAfter }));
      return (answer.Contents ?? []).flatMap(({ Key }) => Key ?? []);
    },
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
    close: () => client.destroy(),
  };
}

function createClient(config: StorageConfig): S3Client {
  return new S3Client({
    region: config.S3_REGION,
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
