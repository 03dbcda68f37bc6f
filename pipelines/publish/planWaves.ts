/**
 * Cuts the events of one round into calls. A wave is a list of calls that may be under way side by side; waves follow one
 * another. Where a call may fail in part, no wave holds two records of one key, so a failure can't make them change places.
 */
import { recordBytes, type SinkLimits, type SinkRecord } from "../../platform/eventSink.ts";

/** A record with the place in the log that it came from. */
export interface PlacedRecord {
  readonly lane: number;
  readonly position: number;
  readonly record: SinkRecord;
}

export type Wave = readonly (readonly PlacedRecord[])[];

/** Plans waves of calls that keep to the limits; a record larger than a call stands alone, for the broker to judge. */
export function planWaves(records: readonly PlacedRecord[], limits: SinkLimits): Wave[] {
  if (!limits.oneRecordPerKey) return cutCalls(records, limits).map((call) => [call]);
  const waves: PlacedRecord[][] = [];
  const seen = new Map<string, number>();
  for (const placed of records) {
    const nth = seen.get(placed.record.key) ?? 0;
    seen.set(placed.record.key, nth + 1);
    const wave = waves[nth];
    if (wave === undefined) waves.push([placed]);
    else wave.push(placed);
  }
  return waves.map((wave) => cutCalls(wave, limits));
}

function cutCalls(records: readonly PlacedRecord[], limits: SinkLimits): PlacedRecord[][] {
  const calls: PlacedRecord[][] = [];
  let call: PlacedRecord[] = [];
  let bytes = 0;
  for (const placed of records) {
    const size = recordBytes(placed.record);
    const full = call.length >= limits.callRecordsMax || bytes + size > limits.callBytesMax;
    if (full && call.length > 0) {
      calls.push(call);
      call = [];
      bytes = 0;
    }
    call.push(placed);
    bytes += size;
  }
  if (call.length > 0) calls.push(call);
  return calls;
}
