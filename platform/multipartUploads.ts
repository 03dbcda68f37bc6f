/**
 * Uploads that a client sends straight to object storage, in parts by signed links. Nothing is visible under the key until the
 * parts are put together. Only the client of objectStorage.ts opens one; it signs without checksums of its own.
 */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { StocklineError } from "../domain/errors.ts";

/** A multipart upload as the storage knows it. */
export interface OpenMultipart {
  readonly key: string;
  readonly uploadId: string;
}

export interface UploadedPart {
  readonly number: number;
  readonly etag: string;
}

/** The parts can't be put together; `gone`: the storage knows no such upload (any more). */
export class PartsRefusedError extends StocklineError {
  readonly gone: boolean;

  constructor(gone: boolean, cause: unknown) {
    const detail = gone
      ? "the storage knows no such upload: it was completed or given up"
      : "the storage can't put the parts together: one is missing, too small, or not the one that was sent";
    super({ code: gone ? "upload_gone" : "parts_invalid", detail, cause });
    this.gone = gone;
  }
}

export interface MultipartUploads {
  /** Begins an upload; answers the storage's id of it. */
  begin(key: string): Promise<string>;
  /** A link that takes one part of exactly so many bytes by PUT, for so many seconds. */
  partLink(upload: OpenMultipart, part: SignedPart): Promise<string>;
  /** Puts the parts together under the key. Throws PartsRefusedError. */
  complete(upload: OpenMultipart, parts: readonly UploadedPart[]): Promise<void>;
  /** Gives an upload up with its parts; false where the server can't (the embedded one) or knows it no more. */
  abort(upload: OpenMultipart): Promise<boolean>;
  /** Uploads begun before `before` under the prefix, at most 1,000; none where the server can't list them (the embedded one). */
  listBefore(prefix: string, before: Date): Promise<OpenMultipart[]>;
}

interface SignedPart {
  readonly number: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** The multipart uploads of a bucket. `client` must calculate checksums only where S3 requires them. */
export function createMultipartUploads(client: S3Client, Bucket: string): MultipartUploads {
  return {
    begin: async (Key) => {
      const command = new CreateMultipartUploadCommand({
        Bucket,
        Key,
        ContentType: "application/octet-stream",
      });
      const { UploadId } = await client.send(command);
      if (UploadId === undefined) throw new Error("the storage answered no id of an upload");
      return UploadId;
    },
    partLink: ({ key: Key, uploadId: UploadId }, { number, bytes, seconds }) => {
      const part = { Bucket, Key, UploadId, PartNumber: number, ContentLength: bytes };
      return getSignedUrl(client, new UploadPartCommand(part), {
        expiresIn: seconds,
        unhoistableHeaders: new Set(["content-length"]),
      });
    },
    complete: async ({ key: Key, uploadId: UploadId }, parts) => {
      const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
      const MultipartUpload = { Parts };
      try {
        const command = { Bucket, Key, UploadId, MultipartUpload };
        await client.send(new CompleteMultipartUploadCommand(command));
      } catch (thrown) {
        const name = thrown instanceof Error ? thrown.name : "";
        if (name === "NoSuchUpload") throw new PartsRefusedError(true, thrown);
        if (PART_FAULTS.has(name)) throw new PartsRefusedError(false, thrown);
        throw thrown;
      }
    },
    abort: async ({ key: Key, uploadId: UploadId }) => {
      try {
        await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
        return true;
      } catch (thrown) {
        if (isRefusal(thrown)) return false;
        throw thrown;
      }
    },
    listBefore: async (Prefix, before) => {
      try {
        const answer = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix }));
        return (answer.Uploads ?? []).flatMap(({ Key, UploadId, Initiated }) =>
          Key !== undefined && UploadId !== undefined && (Initiated ?? before) < before
            ? { key: Key, uploadId: UploadId }
            : [],
        );
      } catch (thrown) {
        if (isRefusal(thrown)) return [];
        throw thrown;
      }
    },
  };
}

const PART_FAULTS = new Set([
  "InvalidPart",
  "InvalidPartOrder",
  "EntityTooSmall",
  "MalformedXML",
  "BadDigest",
]);
const REFUSALS = new Set(["NoSuchUpload", "MethodNotAllowed", "NotImplemented"]);

function isRefusal(thrown: unknown): boolean {
  return thrown instanceof Error && REFUSALS.has(thrown.name);
}
