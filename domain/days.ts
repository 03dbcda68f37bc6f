/** Calendar days as texts (YYYY-MM-DD), counted in UTC. */

/** The day that lies the given number of days after a moment; null where the number is not known. */
export function daysAfter(moment: Date, days: number | null): string | null {
  if (days === null) return null;
  const day = new Date(moment);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}
