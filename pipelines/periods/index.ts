/** Period close: months that take no further entries dated into them. */
export { closePeriod } from "./closePeriod.ts";
export { type ClosedPeriods, createClosedPeriods } from "./createClosedPeriods.ts";
export { type ClosedPeriod, closedPeriodsPage } from "./queries.ts";
