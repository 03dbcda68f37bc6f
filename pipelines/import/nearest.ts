/**
 * "Did you mean": the known name that an unknown one was most likely meant to be. Never a guess that the import acts on, only
 * words for the person who mends the file. Pure; pass only names that this person may see.
 */
import { distance } from "fastest-levenshtein";

/** Letters that may differ once case, width and signs are left out. */
const DISTANCE_MAX = 2;
/** Names of up to so many letters may differ in one only. */
const SHORT_CHARS = 4;
/** Names longer than this are not compared: codes and headings are short. */
const CHARS_MAX = 100;

/** A name as people mistype it: without case, width and signs between its parts; the database's plain_code() is the same. */
export function plainCode(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[\s_./\\#-]+/gu, "");
}

/** Finds the nearest of names that are known. */
export type NameFinder = (found: string) => string | undefined;

/**
 * Prepares to find the one of `known` that a name is but for case, width and signs, else the nearest by letters: at most two
 * letters apart (one for names of up to 4 letters, none for a single letter). The first of equals is taken.
 */
export function createNameFinder(known: Iterable<string>): NameFinder {
  const names = [...new Set(known)]
    .filter((name) => name.length <= CHARS_MAX)
    .map((name) => ({ name, plain: plainCode(name) }));
  const same = new Map(names.toReversed().map(({ name, plain }) => [plain, name]));
  return (found) => {
    if (found.length > CHARS_MAX) return undefined;
    const wanted = plainCode(found);
    const [exact, reach] = [same.get(wanted), lettersApart(wanted)];
    if (exact !== undefined && exact !== found) return exact;
    let best: string | undefined;
    let apart = reach + 1;
    for (const { name, plain } of names) {
      if (apart === 1 || name === found) continue;
      if (Math.abs(plain.length - wanted.length) >= apart) continue;
      const letters = isSwap(wanted, plain) ? 1 : distance(wanted, plain);
      if (letters < apart) [best, apart] = [name, letters];
    }
    return best;
  };
}

/** The nearest of a few names; for many look-ups among the same names, createNameFinder. */
export function nearestName(found: string, known: Iterable<string>): string | undefined {
  return createNameFinder(known)(found);
}

/** True where two letters beside each other have changed places. */
function isSwap(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  const swapped = `${right.slice(0, at)}${right[at + 1] ?? ""}${right[at] ?? ""}${right.slice(at + 2)}`;
  return left === swapped;
}

function lettersApart(wanted: string): number {
  if (wanted.length < 2) return 0;
  return wanted.length <= SHORT_CHARS ? 1 : DISTANCE_MAX;
}

/** The sentence's end for a suggestion; undefined where there is none. */
export function didYouMean(name: string | undefined): string | undefined {
  return name === undefined ? undefined : `did you mean ${JSON.stringify(name)}?`;
}
