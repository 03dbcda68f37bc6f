/** Counts and hashes the bytes that pass, so that what a manifest says was measured on the very bytes that were stored. */
import { createHash } from "node:crypto";

/** A step of a stream pipeline, and what it measured, to be read once after its end. */
export interface Measured {
  readonly pass: (source: AsyncIterable<Buffer>) => AsyncGenerator<Buffer>;
  result(): { readonly bytes: number; readonly sha256: string };
}

interface MeasureOptions {
  /** Runs when all bytes have passed and before the stream ends; when it throws, the stream fails. */
  readonly beforeEnd: () => Promise<void>;
}

/** Makes one. */
export function measureStream(options: MeasureOptions): Measured {
  const hash = createHash("sha256");
  let bytes = 0;
  const measure = (chunk: Buffer): Buffer => {
    bytes += chunk.length;
    hash.update(chunk);
    return chunk;
  };
  return {
    pass: async function* (source) {
      for await (const chunk of source) yield measure(chunk);
      await options.beforeEnd();
    },
    result: () => ({ bytes, sha256: hash.digest("hex") }),
  };
}
