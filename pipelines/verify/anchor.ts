/**
 * Anchors: a digest over the last hash of every level, kept in the database and, out of its superuser's reach, in the bucket. A
 * chain that was rewritten whole still hashes rightly, but not to what was anchored.
 * Object: JSON under ledger-anchors/<database>/<number>-<SHA-256 of the object>.json, written once, never changed.
 */
import { createHash } from "node:crypto";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { NotFoundError } from "../../domain/errors.ts";
import type { ObjectStorage } from "../../platform/objectStorage.ts";
import type { Findings } from "./findings.ts";
import type { AnchorRow, LaneDigestRow } from "./queries/marks.ts";

/** Where anchors lie outside. */
export type AnchorStorage = Pick<ObjectStorage, "get" | "putText" | "list">;

const anchorObject = z.object({
  number: z.number(),
  previous: z.string().nullable(),
  root: z.string(),
  positions: z.array(z.number()),
  low_waters: z.array(z.number()),
  lanes: z.array(
    z.object({ lane: z.number(), levels: z.number(), entries: z.number(), digest: z.string() }),
  ),
});
type AnchorObject = z.output<typeof anchorObject>;

/** What lies in the bucket. */
export interface OutsideAnchors {
  readonly reachable: boolean;
  /** Keys of anchors from the one that counts on. */
  readonly keys: readonly string[];
  /** The one that counts; undefined where there is none, or it can't be read. */
  readonly object: AnchorObject | undefined;
}

/** SHA-256 (hex) over "lane levels entries digest" of every lane that has levels, a line each, by lane. */
function rootOf(lanes: readonly LaneDigestRow[]): string {
  const lines = lanes.map((of) => `${of.lane} ${of.levels} ${of.entries} ${of.digest}\n`);
  return createHash("sha256").update(lines.join("")).digest("hex");
}

/** Keys of the bucket begin so for the anchors of a database. */
export function anchorPrefix(database: string): string {
  return `ledger-anchors/${encodeURIComponent(database)}/`;
}

/** Reads what lies outside from the anchor of the given number on. A bucket that is away is an answer, not a failure. */
export async function readOutside(
  storage: AnchorStorage,
  prefix: string,
  known: { readonly current: AnchorRow | undefined; readonly latest: AnchorRow | undefined },
): Promise<OutsideAnchors> {
  try {
    const keys = await storage.list(prefix, prefix + numberText(known.current?.number ?? 0));
    const pending = known.latest?.number === known.current?.number ? undefined : known.latest;
    const counting = [pending, known.current].find(
      (anchor) => anchor !== undefined && keys.includes(anchor.object_key),
    );
    const object = counting === undefined ? undefined : await readAnchor(storage, counting);
    return { reachable: true, keys, object };
  } catch {
    return { reachable: false, keys: [], object: undefined };
  }
}

/** Undefined where the content is not what its name says. */
async function readAnchor(
  storage: AnchorStorage,
  anchor: AnchorRow,
): Promise<AnchorObject | undefined> {
  try {
    const content = await text(await storage.get(anchor.object_key));
    if (!anchor.object_key.endsWith(`-${sha256(content)}.json`)) return undefined;
    const parsed = anchorObject.safeParse(JSON.parse(content));
    return parsed.success ? parsed.data : undefined;
  } catch (thrown) {
    if (thrown instanceof NotFoundError) return undefined;
    throw thrown;
  }
}

interface Compared {
  readonly findings: Findings;
  /** The anchor that counts; undefined before the first. */
  readonly anchor: AnchorRow | undefined;
  readonly outside: OutsideAnchors;
  readonly digests: readonly LaneDigestRow[];
}

/** Compares the marks with the anchor in the database and the one outside; adds what differs to the findings. */
export function compareAnchor({ findings, anchor, outside, digests }: Compared): void {
  findUnknown(findings, anchor, outside);
  const root = rootOf(digests);
  if (root !== (anchor?.root ?? rootOf([]))) {
    const expected = anchor?.root ?? "no marks before the first anchor";
    findings.add({ check: "anchor_digest", expected, found: root });
  }
  if (anchor === undefined || !outside.reachable) return;
  if (!outside.keys.includes(anchor.object_key)) {
    findings.add({ check: "anchor_missing", expected: anchor.object_key, found: "no such object" });
  } else if (outside.object === undefined) {
    const expected = "content whose SHA-256 stands in its name";
    findings.add({ check: "anchor_object", expected, found: anchor.object_key });
  } else {
    compareObject({ findings, anchor, digests }, outside.object);
  }
}

/** Keys of one database sort by number: those behind are later anchors, or another one of the same number. */
function findUnknown(
  findings: Findings,
  anchor: AnchorRow | undefined,
  outside: OutsideAnchors,
): void {
  const counting = anchor?.object_key ?? "";
  for (const key of outside.keys) {
    if (key === counting || isEarlier(key, counting)) continue;
    const found = `${key} outside: the database was set back, or its anchors were removed`;
    findings.add({ check: "anchor_unknown", expected: "an anchor of this database", found });
  }
}

function compareObject(
  { findings, anchor, digests }: Pick<Compared, "findings" | "digests"> & { anchor: AnchorRow },
  object: AnchorObject,
): void {
  const kept = describePlaces(anchor);
  const sum = (of: "levels" | "entries") => object.lanes.reduce((all, lane) => all + lane[of], 0);
  const said = describePlaces({ ...object, levels: sum("levels"), entries: sum("entries") });
  if (kept !== said) findings.add({ check: "anchor_object", expected: said, found: kept });
  const found = new Map(digests.map((lane) => [lane.lane, lane.digest]));
  const expected = new Map(object.lanes.map((lane) => [lane.lane, lane.digest]));
  for (const lane of new Set([...found.keys(), ...expected.keys()])) {
    const [before, now] = [expected.get(lane) ?? "no levels", found.get(lane) ?? "no levels"];
    if (before !== now)
      findings.add({ check: "anchor_digest", lane, expected: before, found: now });
  }
}

type Places = Pick<
  AnchorRow,
  "number" | "levels" | "entries" | "root" | "positions" | "low_waters"
>;

function describePlaces({ number, levels, entries, root, positions, low_waters }: Places): string {
  const places = sha256(JSON.stringify([positions, low_waters]));
  return `anchor ${number}: ${levels} levels, ${entries} entries, root ${root}, places ${places}`;
}

interface AnchorParts {
  readonly number: number;
  readonly mode: "full" | "incremental";
  readonly prefix: string;
  readonly previous: AnchorRow | undefined;
  readonly digests: readonly LaneDigestRow[];
  readonly positions: readonly number[];
  readonly lowWaters: readonly number[];
  readonly madeAt: Date;
}

/** An anchor as a row and as the object that goes outside. */
export function makeAnchor(parts: AnchorParts) {
  const { number, mode, digests, madeAt } = parts;
  const root = rootOf(digests);
  const content = JSON.stringify({
    number,
    mode,
    made_at: madeAt.toISOString(),
    previous: parts.previous?.object_key ?? null,
    root,
    positions: parts.positions,
    low_waters: parts.lowWaters,
    lanes: digests,
  });
  const row = {
    number,
    mode,
    madeAt,
    levels: digests.reduce((sum, lane) => sum + lane.levels, 0),
    entries: digests.reduce((sum, lane) => sum + lane.entries, 0),
    root,
    positions: [...parts.positions],
    low_waters: [...parts.lowWaters],
    object_key: `${parts.prefix}${numberText(number)}-${sha256(content)}.json`,
  };
  return { row, content };
}

function isEarlier(key: string, than: string): boolean {
  const digits = /\/(\d{12})-[^/]*$/;
  return (digits.exec(key)?.[1] ?? "") < (digits.exec(than)?.[1] ?? "");
}

/** Digits of equal length, so that keys sort by number. */
function numberText(number: number): string {
  return String(number).padStart(12, "0");
}

function sha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}
