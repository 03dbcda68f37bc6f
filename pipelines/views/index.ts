/** The materialized views of wide lists and reports: their refresh and their age. */
export { type RefreshOutcome, refreshViews } from "./refreshViews.ts";
