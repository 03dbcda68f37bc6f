/** Ids in a row instead of random ones, so that a seed gives the same run to the last bit; stands in for platform/clock.ts. */
let last = 0;

/** Begins again, for the next run. */
export function resetIds(): void {
  last = 0;
}

export function newId(): string {
  last += 1;
  return `00000000-0000-7000-8000-${String(last).padStart(12, "0")}`;
}
