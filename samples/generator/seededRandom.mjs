// The samples' only source of chance: a small seeded generator (mulberry32), so that every run on
// every machine draws the same numbers. Never Math.random, never the clock.

/** Makes a generator with its own state; `seed` is any 32-bit whole number. */
export function seededRandom(seed) {
  let state = seed >>> 0;

  /** The next number in [0, 1). */
  function next() {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  return {
    next,
    /** A whole number from `low` to `high`, both included. */
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    /** A number in [low, high). */
    between: (low, high) => low + next() * (high - low),
    /** One element of a list. */
    pick: (list) => list[Math.floor(next() * list.length)],
    /** True with probability `share`. */
    chance: (share) => next() < share,
  };
}
