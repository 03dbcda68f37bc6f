/** Work on what is there by bounded looks, one after the other, until none finds anything more. */

interface RepeatOptions {
  /** Stops it between two looks, by throwing its reason. */
  readonly signal: AbortSignal;
  /** Looks at most. Default: as many as it takes. */
  readonly looksMax?: number;
  /** No further look once so many were found in all. Default: as many as there are. */
  readonly foundMax?: number;
}

/** Repeats a look, which answers how many it found and worked on; answers the sum. */
export async function repeatUntilNone(
  look: () => Promise<number>,
  { signal, looksMax = Infinity, foundMax = Infinity }: RepeatOptions,
): Promise<number> {
  let found = 0;
  for (let looks = 0; looks < looksMax && found < foundMax; looks += 1) {
    signal.throwIfAborted();
    const some = await look();
    if (some === 0) break;
    found += some;
  }
  return found;
}
