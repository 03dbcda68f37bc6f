/**
 * Bytes of a file by position, and yauzl's view of them. Small reads come out of a block that is read ahead: the directory of
 * an archive costs a few requests to the storage, not two an entry.
 */
import { PassThrough, type Readable } from "node:stream";
import { RandomAccessReader } from "yauzl";
import { toError } from "../../domain/errors.ts";

/** Bytes of a file by position; `end` is exclusive. */
export interface RangeSource {
  readonly size: number;
  read(start: number, end: number): Promise<Readable>;
}

const BLOCK_BYTES = 256 * 1024;

/** Serves yauzl's small reads. A storage that fails is kept as `failure`, since yauzl would report a broken archive. */
export class RangeReader extends RandomAccessReader {
  readonly #source: RangeSource;
  #block: { readonly start: number; readonly bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) };
  failure: Error | undefined;

  constructor(source: RangeSource) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const through = new PassThrough();
    this.#bytes(start, end).then(
      (bytes) => through.end(bytes),
      (thrown: unknown) => through.destroy(toError(thrown)),
    );
    return through;
  }

  async #bytes(start: number, end: number): Promise<Buffer> {
    const { size } = this.#source;
    if (!(start >= 0 && end <= size)) throw new Error("the archive points past its end");
    if (start < this.#block.start || end > this.#block.start + this.#block.bytes.length) {
      const until = Math.min(size, Math.max(end, start + BLOCK_BYTES));
      this.#block = { start, bytes: await this.#fetch(start, until) };
    }
    return this.#block.bytes.subarray(start - this.#block.start, end - this.#block.start);
  }

  async #fetch(start: number, end: number): Promise<Buffer> {
    try {
      const chunks: Buffer[] = [];
      const stream = await this.#source.read(start, end);
      for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      if (bytes.length === end - start) return bytes;
      throw new Error(`the storage gave ${bytes.length} of ${end - start} bytes`);
    } catch (thrown) {
      this.failure = toError(thrown);
      throw this.failure;
    }
  }
}
