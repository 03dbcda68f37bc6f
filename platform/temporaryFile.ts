/** A file of the machine's own that lives as long as one piece of work: written as a stream, then read as one. */
import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

export interface TemporaryFile {
  write(): Writable;
  read(): Readable;
}

/** Runs fn with a new temporary file; it is gone afterwards, also after a failure. */
export async function withTemporaryFile<T>(fn: (file: TemporaryFile) => Promise<T>): Promise<T> {
  const path = join(tmpdir(), `stockline-${randomUUID()}`);
  try {
    return await fn({
      write: () => createWriteStream(path, { flags: "wx", mode: 0o600 }),
      read: () => createReadStream(path),
    });
  } finally {
    await rm(path, { force: true });
  }
}
