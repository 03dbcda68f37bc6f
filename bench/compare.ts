/**
 * Measures a pair: baseline and product in turn, several rounds, on the same machine and the same PostgreSQL.
 * The figure that counts is the ratio of the medians; the spread says how far to trust it.
 */

/** What a section hands back: one line of the report. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly baseline?: Series;
  readonly product: Series;
  /** Median of the product over the median of the baseline. */
  readonly ratio?: number;
  /** The goal as performance pages word it, and whether it is met. */
  readonly goal: string;
  readonly met: boolean;
}

export interface Series {
  readonly values: readonly number[];
  readonly median: number;
  /** (greatest - least) / median. */
  readonly spread: number;
}

/** Goal of figures that are only shown. */
export const NO_GOAL = "–";

/** Rounds of every pair; --quick takes one. */
export interface Effort {
  readonly rounds: number;
  readonly quick: boolean;
  /** Size of the largest files of the section import. */
  readonly rows?: number;
  /** The only part of the section import that is measured. */
  readonly only?: string;
}

/** Median and spread of the values of all rounds. */
function seriesOf(values: readonly number[]): Series {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? high) + high) / 2;
  const spread = ((sorted.at(-1) ?? high) - (sorted[0] ?? high)) / median;
  return { values, median, spread };
}

/** Runs baseline and product in turn, `rounds` times each, and answers what each round measured. */
export async function inTurn<B, P>(
  rounds: number,
  pair: { readonly baseline: () => Promise<B>; readonly product: () => Promise<P> },
): Promise<{ baseline: B[]; product: P[] }> {
  const results: { baseline: B[]; product: P[] } = { baseline: [], product: [] };
  for (let round = 0; round < rounds; round += 1) {
    results.baseline.push(await pair.baseline());
    results.product.push(await pair.product());
    process.stderr.write(`  round ${round + 1} of ${rounds}: ${JSON.stringify(lastOf(results))}\n`);
  }
  return results;
}

function lastOf<B, P>({ baseline, product }: { baseline: B[]; product: P[] }) {
  return { baseline: baseline.at(-1), product: product.at(-1) };
}

interface PairArgs {
  readonly name: string;
  readonly unit: string;
  readonly baseline: readonly number[];
  readonly product: readonly number[];
  /** Bound of the ratio: at least where `atMost` is not set. */
  readonly bound: number;
  readonly atMost?: boolean;
}

/** The figure of a pair and its goal. */
export function pairFigure(args: PairArgs): Figure {
  const baseline = seriesOf(args.baseline);
  const product = seriesOf(args.product);
  const ratio = product.median / baseline.median;
  const met = args.atMost === true ? ratio <= args.bound : ratio >= args.bound;
  const goal = `${args.atMost === true ? "≤" : "≥"} ${args.bound}×`;
  return { name: args.name, unit: args.unit, baseline, product, ratio, goal, met };
}

/** A figure without baseline that must stay below a bound. */
export function boundFigure(
  name: string,
  { unit, values, atMost }: { unit: string; values: readonly number[]; atMost: number },
): Figure {
  const product = seriesOf(values);
  return { name, unit, product, goal: `≤ ${atMost} ${unit}`, met: product.median <= atMost };
}

/** A figure that is only shown. */
export function plainFigure(
  name: string,
  { unit, values }: { readonly unit: string; readonly values: readonly number[] },
): Figure {
  return { name, unit, product: seriesOf(values), goal: NO_GOAL, met: true };
}
