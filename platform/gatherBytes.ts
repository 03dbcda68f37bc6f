/** Small chunks of a stream put together, so that whoever reads them sees enough at once. */

/** Chunks of at least `bytesMin` bytes each, but for the last one. */
export async function* gatherBytes(
  bytes: AsyncIterable<Buffer>,
  bytesMin: number,
): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const chunk of bytes) {
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < bytesMin) continue;
    yield held.length === 1 ? chunk : Buffer.concat(held);
    held = [];
    heldBytes = 0;
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}
