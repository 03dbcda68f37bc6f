/** Cuts what is to be verified into chunks of bounded size, so that memory stays flat and a stop is heard soon. */
import type { ItemChunkRow, LevelSpanRow } from "./queries/plan.ts";

/** Slices of levels that one statement reads. */
const SLICES_MAX = 5_000;

const FIRST_ID = "00000000-0000-0000-0000-000000000000";
const LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff";

export interface ItemRange {
  readonly first: string;
  readonly last: string;
  /** As its levels tell. */
  readonly entries: number;
}

/** Ranges that follow each other without a gap from the lowest to the highest possible id, so that no entry lies between two. */
export function toItemRanges(chunks: readonly ItemChunkRow[]): ItemRange[] {
  if (chunks.length === 0) return [{ first: FIRST_ID, last: LAST_ID, entries: 0 }];
  return chunks.map((chunk, n) => {
    const before = chunks[n - 1];
    return {
      first: before === undefined ? FIRST_ID : idAfter(before.last_item),
      last: n === chunks.length - 1 ? LAST_ID : chunk.last_item,
      entries: chunk.entries,
    };
  });
}

function idAfter(id: string): string {
  const next = (BigInt(`0x${id.replaceAll("-", "")}`) + 1n).toString(16).padStart(32, "0");
  return next.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

interface LevelSlice {
  readonly itemId: string;
  readonly warehouseId: string;
  readonly after: number | null;
  /** Null: to the end, whatever the level tells. */
  readonly upto: number | null;
  readonly recordedFrom: string;
}

/** Slices of levels for one statement each: at most so many, with at most about chunkRows entries together. */
export function* toSliceGroups(
  spans: readonly LevelSpanRow[],
  chunkRows: number,
): Generator<LevelSlice[]> {
  let group: LevelSlice[] = [];
  let rows = 0;
  for (const span of spans) {
    for (const slice of slicesOf(span, chunkRows)) {
      const size = (slice.upto ?? span.version) - (slice.after ?? 0);
      if (group.length === SLICES_MAX || (rows > 0 && rows + size > chunkRows)) {
        yield group;
        group = [];
        rows = 0;
      }
      group.push(slice);
      rows += size;
    }
  }
  if (group.length > 0) yield group;
}

function slicesOf(span: LevelSpanRow, chunkRows: number): LevelSlice[] {
  const slices: LevelSlice[] = [];
  let { after } = span;
  for (;;) {
    const upto = (after ?? 0) + chunkRows;
    const isLast = upto >= span.version;
    slices.push({
      itemId: span.item_id,
      warehouseId: span.warehouse_id,
      after,
      upto: isLast ? null : upto,
      recordedFrom: span.recorded_from,
    });
    if (isLast) return slices;
    after = upto;
  }
}

/** The slices as the columns that ENTRIES_OF_SLICES takes. */
export function sliceValues(slices: readonly LevelSlice[]): unknown[] {
  return [
    slices.map((slice) => slice.itemId),
    slices.map((slice) => slice.warehouseId),
    slices.map((slice) => slice.after),
    slices.map((slice) => slice.upto),
    slices.map((slice) => slice.recordedFrom),
  ];
}

interface LaneSlice {
  readonly lane: number;
  readonly after: number;
  readonly upto: number;
}

/** Events of all lanes from after the one places (lane n at index n) up to the others, in groups of at most chunkRows. */
export function* toEventGroups(
  after: readonly number[],
  upto: readonly number[],
  chunkRows: number,
): Generator<LaneSlice[]> {
  let group: LaneSlice[] = [];
  let rows = 0;
  for (const [lane, last] of upto.entries()) {
    for (let from = after[lane] ?? 0; from < last; ) {
      const to = Math.min(last, from + chunkRows - rows);
      group.push({ lane, after: from, upto: to });
      rows += to - from;
      from = to;
      if (rows >= chunkRows) {
        yield group;
        group = [];
        rows = 0;
      }
    }
  }
  if (group.length > 0) yield group;
}

/** The slices as the columns that EVENTS takes. */
export function laneValues(slices: readonly LaneSlice[]): unknown[] {
  return [
    slices.map((slice) => slice.lane),
    slices.map((slice) => slice.after),
    slices.map((slice) => slice.upto),
  ];
}
