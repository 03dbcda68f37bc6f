/**
 * Verifies the ledger once, in one snapshot, and anchors what was found sound. Reads only, but for marks and anchors of its own.
 * Full: everything. Incremental: what was recorded since the anchor that counts; before the first anchor it is a full one.
 * One verification runs at a time; another one waits.
 */
import { setTimeout as pause } from "node:timers/promises";
import { type DbClient, type DbPool, inTransaction } from "../../platform/postgres.ts";
import {
  type AuditAnchors,
  readAuditAnchors,
  storeAuditAnchor,
  verifyAudit,
} from "../audit/index.ts";
import {
  type AnchorStorage,
  anchorPrefix,
  compareAnchor,
  makeAnchor,
  type OutsideAnchors,
  readOutside,
} from "./anchor.ts";
import { type Checked, type Difference, Findings } from "./findings.ts";
import {
  type AnchorRow,
  anchorInsert,
  anchorsRead,
  lanePlacesRead,
  levelDigestsRead,
  markDigestsRead,
  pendingMarksAdopt,
  pendingMarksReplace,
} from "./queries/marks.ts";
import { databaseName, verificationLock, verificationUnlock } from "./queries/plan.ts";
import { verifyAll, verifySince } from "./verifyParts.ts";

export type VerifyMode = "full" | "incremental";

export interface VerifyDeps {
  readonly db: DbPool;
  readonly storage: AnchorStorage;
}

export interface VerifyOptions {
  readonly mode: VerifyMode;
  readonly signal: AbortSignal;
  /** Entries or events that one statement reads, about. */
  readonly chunkRows?: number;
  /** Told how many more entries and events were read. */
  readonly onProgress?: (rows: number) => void;
}

export interface Verification {
  /** What was done: an incremental one before the first anchor is full. */
  readonly mode: VerifyMode;
  readonly checked: Checked;
  /** Differences in all; the list holds the first of each kind. */
  readonly difference_count: number;
  readonly differences: readonly Difference[];
  readonly anchor: {
    /** Number of the anchor that was compared with; null before the first. */
    readonly compared: number | null;
    /** Whether the bucket could be read, and held the same. */
    readonly outside: "same" | "differs" | "unreachable" | "none";
    /** Number of the anchor that was made; null where nothing has changed, something differs, or the bucket is away. */
    readonly made: number | null;
  };
}

const CHUNK_ROWS = 50_000;
const LOCK_POLL_MS = 500;

/** Verifies once. Stops between two chunks when the signal aborts. */
export async function verifyLedger(
  deps: VerifyDeps,
  options: VerifyOptions,
): Promise<Verification> {
  const holder = await deps.db.connect();
  let broken = true;
  try {
    while (!(await verificationLock(holder))) {
      await pause(LOCK_POLL_MS, undefined, { signal: options.signal });
    }
    const verification = await verifyAlone(deps, options);
    await verificationUnlock(holder);
    broken = false;
    return verification;
  } finally {
    holder.release(broken); // a session that ends gives its lock up
  }
}

async function verifyAlone(
  { db, storage }: VerifyDeps,
  options: VerifyOptions,
): Promise<Verification> {
  const database = await databaseName(db);
  const prefix = anchorPrefix(database);
  const auditOutside = await readAuditAnchors(storage, database);
  const known = await anchorsRead(db);
  const outside = await readOutside(storage, prefix, known);
  const anchor = await countingAnchor(db, known, outside);
  const { verification, made, auditEnd } = await inTransaction(
    db,
    (tx) => verifySnapshot(tx, { ...options, anchor, outside, auditOutside, prefix }),
    { isolation: "repeatable read", retries: 0 },
  );
  if (auditEnd !== undefined) await storeAuditAnchor(storage, auditOutside, auditEnd);
  if (made === undefined) return verification;
  const stored = await storage
    .putText(made.row.object_key, made.content, "application/json")
    .then(() => true)
    .catch(() => false);
  if (!stored)
    return { ...verification, anchor: { ...verification.anchor, outside: "unreachable" } };
  await inTransaction(db, (tx) => pendingMarksAdopt(tx, made.row.number));
  return { ...verification, anchor: { ...verification.anchor, made: made.row.number } };
}

/** The anchor that counts. One that was announced and has come to lie outside counts from here on. */
async function countingAnchor(
  db: DbPool,
  { current, latest }: Awaited<ReturnType<typeof anchorsRead>>,
  outside: OutsideAnchors,
): Promise<AnchorRow | undefined> {
  if (latest === undefined || latest.number === current?.number) return current;
  if (!outside.keys.includes(latest.object_key)) return current;
  await inTransaction(db, (tx) => pendingMarksAdopt(tx, latest.number));
  return latest;
}

interface Snapshot extends VerifyOptions {
  readonly anchor: AnchorRow | undefined;
  readonly outside: OutsideAnchors;
  readonly auditOutside: AuditAnchors;
  readonly prefix: string;
}

async function verifySnapshot(tx: DbClient, snapshot: Snapshot) {
  const { anchor, outside, signal } = snapshot;
  const findings = new Findings(tx, signal);
  await findings.access("scans");
  const places = await lanePlacesRead(tx);
  compareAnchor({ findings, anchor, outside, digests: await markDigestsRead(tx) });
  const anchorAgrees = findings.count === 0;
  const onProgress = snapshot.onProgress ?? (() => undefined);
  const chunkRows = snapshot.chunkRows ?? CHUNK_ROWS;
  const pass = { tx, findings, positions: places.positions, chunkRows, onProgress };
  const mode = anchor === undefined ? "full" : snapshot.mode;
  if (mode === "incremental" && anchor !== undefined) await verifySince(pass, anchor);
  else await verifyAll(pass, anchor);
  const ledgerFaults = findings.count;
  const audit = await verifyTrail(tx, findings, snapshot);
  const verification: Verification = {
    mode,
    checked: findings.checked,
    difference_count: findings.count,
    differences: findings.differences,
    anchor: {
      compared: anchor?.number ?? null,
      outside: describeOutside(snapshot, anchorAgrees),
      made: null,
    },
  };
  const isSound = ledgerFaults === 0 && outside.reachable;
  await findings.access("scans");
  const made = isSound ? await announceAnchor(tx, { ...snapshot, mode, places }) : undefined;
  const auditEnd = findings.count === ledgerFaults ? audit.end : undefined;
  return { verification, made, auditEnd };
}

/** The whole audit trail, also by an incremental verification: a trail is short beside a ledger. */
async function verifyTrail(tx: DbClient, findings: Findings, { auditOutside }: Snapshot) {
  await findings.access("scans");
  const audit = await verifyAudit(tx, auditOutside, findings);
  findings.checked.audit = audit.checked;
  return audit;
}

function describeOutside(
  { anchor, outside }: Snapshot,
  agrees: boolean,
): Verification["anchor"]["outside"] {
  if (!outside.reachable) return "unreachable";
  if (!agrees) return "differs";
  return anchor === undefined ? "none" : "same";
}

/** Writes the next anchor and its marks down; they count once the object lies outside. Undefined where nothing has moved. */
async function announceAnchor(
  tx: DbClient,
  args: Snapshot & { readonly places: Awaited<ReturnType<typeof lanePlacesRead>> },
) {
  const { anchor, places } = args;
  const { latest } = await anchorsRead(tx);
  const made = makeAnchor({
    number: (latest?.number ?? 0) + 1,
    mode: args.mode,
    prefix: args.prefix,
    previous: anchor,
    digests: await levelDigestsRead(tx),
    positions: places.positions,
    lowWaters: places.lowWaters,
    madeAt: new Date(),
  });
  const hasMoved =
    anchor === undefined ||
    anchor.root !== made.row.root ||
    anchor.positions.some((position, lane) => position !== places.positions[lane]);
  if (!hasMoved) return undefined;
  await pendingMarksReplace(tx);
  await anchorInsert(tx, made.row);
  return made;
}
