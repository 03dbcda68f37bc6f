/** What every source hands to the ingest, and what became of it. */
export type { InboundRecord } from "../../platform/recordSource.ts";

/** What became of records, for metrics and tests. */
export interface Ingested {
  /** Movements that are new. */
  readonly accepted: number;
  /** Movements that were known already by the same body. */
  readonly duplicates: number;
  /** Records that went to dead_letters. */
  readonly parked: number;
}

export const NOTHING_INGESTED: Ingested = { accepted: 0, duplicates: 0, parked: 0 };
