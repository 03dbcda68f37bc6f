/**
 * Cuts the events of one round into calls. A wave is a list of calls that may be under way side by side; waves follow one
 * another. Where a call may fail in part, no wave holds two records of one key, so a failure can't make them change places; save
 * where the sink packs several of one key into one that succeeds or fails as a whole.
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
  const { recordsPerKeyMax = 1 } = limits;
  const waves: PlacedRecord[][] = [];
  const seen = new Map<string, { wave: number; records: number; bytes: number }>();
  for (const placed of records) {
    const bytes = recordBytes(placed.record);
    const last = seen.get(placed.record.key);
    const joins =
      last !== undefined && last.records < recordsPerKeyMax && last.bytes + bytes <= PACK_BYTES_MAX;
    const nth = last === undefined ? 0 : last.wave + (joins ? 0 : 1);
    seen.set(placed.record.key, {
      wave: nth,
      records: joins ? last.records + 1 : 1,
      bytes: joins ? last.bytes + bytes : bytes,
    });
    const wave = waves[nth];
    if (wave === undefined) waves.push([placed]);
    else wave.push(placed);
  }
  return waves.map((wave) =>
    cutCalls(recordsPerKeyMax > 1 ? sameKeysTogether(wave) : wave, limits),
  );
}

/** Bytes of what is packed into one record: below the limit of every broker for one message. */
const PACK_BYTES_MAX = 200_000;

/** So that a call ends between two keys or within one, and never holds a key twice with others between. */
function sameKeysTogether(wave: readonly PlacedRecord[]): PlacedRecord[] {
  const byKey = new Map<string, PlacedRecord[]>();
  for (const placed of wave) {
    const known = byKey.get(placed.record.key);
    if (known === undefined) byKey.set(placed.record.key, [placed]);
    else known.push(placed);
  }
  return [...byKey.values()].flat();
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
