/**
 * The two ways through the books, both inside one snapshot: everything, or what was recorded since the anchor that counts. What
 * is told by counting (every outcome has its entry, every event its entry) is looked for row by row only where the counts differ.
 */
import type { DbClient } from "../../platform/postgres.ts";
import {
  type ItemRange,
  laneValues,
  sliceValues,
  toEventGroups,
  toItemRanges,
  toSliceGroups,
} from "./chunks.ts";
import type { Findings } from "./findings.ts";
import {
  EVENTS,
  EVENTS_WITHOUT_ENTRY,
  INBOX,
  LANES,
  OUTCOMES_WITHOUT_ENTRY,
  OUTCOMES_WITHOUT_EVENT,
  SET_ASIDE,
} from "./queries/accepted.ts";
import {
  LEVEL_BOOKS,
  LOT_RESERVED,
  LOTS,
  LOTS_WITHOUT_ENTRIES,
  RESERVATIONS,
  REVERSALS,
  TRANSITS,
} from "./queries/books.ts";
import {
  ENTRIES_OF_ITEMS,
  ENTRIES_OF_SLICES,
  ENTRIES_WITHOUT_LEVEL,
  LEVELS_WITHOUT_ENTRIES,
} from "./queries/entries.ts";
import { type AnchorRow, MARKS } from "./queries/marks.ts";
import {
  entriesCount,
  itemChunksRead,
  type LevelSpanRow,
  levelsMovedOn,
  levelsOfItems,
  totalsRead,
} from "./queries/plan.ts";

/** What both ways need. */
export interface Pass {
  readonly tx: DbClient;
  readonly findings: Findings;
  /** The last position of each lane in this snapshot, lane n at index n. */
  readonly positions: readonly number[];
  /** Entries or events that one statement reads, about. */
  readonly chunkRows: number;
  /** Told now and then how many entries and events were read so far. */
  readonly onProgress: (rows: number) => void;
}

/** A range with this many times the entries of a chunk has a giant item: it is read level by level, in slices. */
const GIANT_CHUNKS = 2;
/** Levels that have moved on, read at once. */
const LEVELS_PAGE = 5_000;

interface Tallies {
  entries: number;
  own: number;
  events: number;
  levels: number;
  lots: number;
}

/** Verifies everything. */
export async function verifyAll(pass: Pass, anchor: AnchorRow | undefined): Promise<void> {
  const { tx, findings } = pass;
  const { checked } = findings;
  await findings.access("scans");
  const totals = await totalsRead(tx);
  const ranges = toItemRanges(await itemChunksRead(tx, pass.chunkRows));
  await findings.access("probes");
  if (anchor !== undefined) await findings.check(MARKS);
  const tallies: Tallies = { entries: 0, own: 0, events: 0, levels: 0, lots: 0 };
  for (const range of ranges) await verifyItems(pass, range, tallies);
  const told = await verifyEvents(pass, []);
  await findings.access("scans");
  if (tallies.levels !== totals.levels) await findings.check(LEVELS_WITHOUT_ENTRIES);
  if (tallies.lots !== totals.lots) await findings.check(LOTS_WITHOUT_ENTRIES);
  if (tallies.own !== totals.applied) await findings.check(OUTCOMES_WITHOUT_ENTRY);
  if (told.rejected !== totals.rejected) await findings.check(OUTCOMES_WITHOUT_EVENT);
  if (told.applied !== tallies.events) await findings.check(EVENTS_WITHOUT_ENTRY);
  checked.reservations = (await findings.check(RESERVATIONS)).reservations;
  checked.transits = (await findings.check(TRANSITS)).transits;
  checked.reversals = (await findings.check(REVERSALS)).reversals;
  checked.levels = totals.levels;
  checked.lots = totals.lots;
  checked.outcomes = totals.applied + totals.rejected;
  await verifyState(pass, []);
}

async function verifyItems(pass: Pass, range: ItemRange, tallies: Tallies): Promise<void> {
  const { tx, findings } = pass;
  const bounds = [range.first, range.last];
  if (range.entries > GIANT_CHUNKS * pass.chunkRows) {
    const before = tallies.entries;
    await verifySlices(pass, await levelsOfItems(tx, range), tallies);
    const entries = await entriesCount(tx, range);
    if (entries !== tallies.entries - before) await findings.check(ENTRIES_WITHOUT_LEVEL, bounds);
  } else {
    addEntries(pass, tallies, await findings.check(ENTRIES_OF_ITEMS, bounds));
  }
  tallies.lots += (await findings.check(LOTS, bounds)).lots;
}

async function verifySlices(
  pass: Pass,
  spans: readonly LevelSpanRow[],
  tallies: Tallies,
): Promise<void> {
  for (const slices of toSliceGroups(spans, pass.chunkRows)) {
    const screen = await pass.findings.check(ENTRIES_OF_SLICES, sliceValues(slices));
    addEntries(pass, tallies, screen);
  }
}

function addEntries(
  { findings, onProgress }: Pass,
  tallies: Tallies,
  screen: Omit<Tallies, "lots">,
): void {
  tallies.entries += screen.entries;
  tallies.own += screen.own;
  tallies.events += screen.events;
  tallies.levels += screen.levels;
  findings.checked.entries = tallies.entries;
  onProgress(screen.entries);
}

/** Verifies what was recorded since the anchor, and the state of everything against state. */
export async function verifySince(pass: Pass, anchor: AnchorRow): Promise<void> {
  const { tx, findings } = pass;
  const { checked } = findings;
  await findings.access("scans");
  await findings.check(MARKS);
  await findings.access("probes");
  const tallies: Tallies = { entries: 0, own: 0, events: 0, levels: 0, lots: 0 };
  let levels = 0;
  let page: LevelSpanRow[] = [];
  do {
    page = await levelsMovedOn(tx, { after: page.at(-1), limit: LEVELS_PAGE });
    levels += page.length;
    await verifySlices(pass, page, tallies);
  } while (page.length === LEVELS_PAGE);
  const told = await verifyEvents(pass, anchor.positions);
  checked.outcomes = tallies.own + told.rejected;
  await findings.access("scans");
  if (tallies.levels !== levels) await findings.check(LEVELS_WITHOUT_ENTRIES);
  if (told.applied !== tallies.events) await findings.check(EVENTS_WITHOUT_ENTRY);
  await verifyState(pass, anchor.low_waters);
}

/** Events after the given places; how many told of applied and of rejected movements. */
async function verifyEvents(pass: Pass, after: readonly number[]) {
  const told = { applied: 0, rejected: 0 };
  for (const slices of toEventGroups(after, pass.positions, pass.chunkRows)) {
    const screen = await pass.findings.check(EVENTS, laneValues(slices));
    told.applied += screen.applied;
    told.rejected += screen.rejected;
    pass.findings.checked.events += screen.events;
    pass.onProgress(screen.events);
  }
  return told;
}

/** What is compared without reading the ledger: lanes, levels against their books, and movements accepted past the marks. */
async function verifyState(pass: Pass, lowWaters: readonly number[]): Promise<void> {
  const { findings, positions } = pass;
  const { checked } = findings;
  const books = await findings.check(LEVEL_BOOKS);
  checked.levels = books.levels;
  checked.lots = (await findings.check(LOT_RESERVED)).lots;
  const aside = await findings.check(SET_ASIDE);
  await findings.access("probes");
  await findings.check(LANES);
  const from = positions.map((_, lane) => lowWaters[lane] ?? 0);
  const inbox = await findings.check(INBOX, [from]);
  checked.inbox = inbox.inbox;
  checked.set_aside = aside.set_aside;
  checked.undone = inbox.undone + aside.set_aside;
}
