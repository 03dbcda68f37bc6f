/**
 * Verifies the audit trail inside a verification of the ledger: every link, the end that the database remembers, and the anchors
 * outside. An anchor is an object of the bucket whose key says a place of the chain and its hash, so a chain that was rewritten
 * from end to end, or cut off together with its end, differs from what was anchored.
 */
import type { ObjectStorage } from "../../platform/objectStorage.ts";
import type { Db } from "../../platform/postgres.ts";
import { auditChainCheck, auditHashesAt, auditHeadRead } from "./queries.ts";

/** Links that one statement checks. */
const CHUNK_LINKS = 10_000;
/** Keys that the storage lists at once. */
const LIST_KEYS = 1_000;

type AnchorStorage = Pick<ObjectStorage, "putText" | "list">;

interface AuditAnchor {
  readonly key: string;
  readonly seq: number;
  readonly hash: string;
}

/** What lies outside, the earliest first. */
export interface AuditAnchors {
  readonly prefix: string;
  readonly reachable: boolean;
  readonly anchors: readonly AuditAnchor[];
}

/** Takes what differs; `check` names the kind. */
interface Sink {
  add(difference: { check: string; expected: string; found: string }): void;
}

/** Reads the anchors of a database. A bucket that is away is an answer, not a failure. */
export async function readAuditAnchors(
  storage: AnchorStorage,
  database: string,
): Promise<AuditAnchors> {
  const prefix = `audit-anchors/${encodeURIComponent(database)}/`;
  const anchors: AuditAnchor[] = [];
  try {
    for (let after = prefix; ; ) {
      const keys = await storage.list(prefix, after);
      anchors.push(...keys.flatMap((key) => anchorOf(key) ?? []));
      if (keys.length < LIST_KEYS) break;
      after = keys.at(-1) ?? after;
    }
    return { prefix, reachable: true, anchors };
  } catch {
    return { prefix, reachable: false, anchors: [] };
  }
}

function anchorOf(key: string): AuditAnchor | undefined {
  const [, digits, hash] = /\/(\d{15})-([0-9a-f]{64})\.json$/.exec(key) ?? [];
  return digits === undefined || hash === undefined
    ? undefined
    : { key, seq: Number(digits), hash };
}

/** The end of a chain that was found sound. */
export interface AuditEnd {
  readonly seq: number;
  readonly hash: string;
}

interface Verified {
  /** Links that were checked. */
  readonly checked: number;
  readonly end: AuditEnd;
}

/** Checks the chain from its beginning; adds what differs. */
export async function verifyAudit(db: Db, outside: AuditAnchors, sink: Sink): Promise<Verified> {
  let at: { readonly seq: number; readonly hash: Buffer } = { seq: 0, hash: Buffer.alloc(0) };
  let checked = 0;
  for (;;) {
    const step = await auditChainCheck(db, { ...at, limit: CHUNK_LINKS });
    for (const fault of step.faults) {
      const place = `link ${fault.seq}, entry ${fault.entry_id}`;
      sink.add({ check: fault.check, expected: `${place}: ${fault.expected}`, found: fault.found });
    }
    if (step.rows === 0) break;
    checked += step.rows;
    at = { seq: step.seq, hash: step.hash };
  }
  const end = { seq: at.seq, hash: at.hash.toString("hex") };
  await compareHead(db, end, sink);
  await compareAnchors(db, outside, sink);
  return { checked, end };
}

async function compareHead(db: Db, end: AuditEnd, sink: Sink): Promise<void> {
  const head = await auditHeadRead(db);
  const remembered = `${head.seq} ${head.hash.toString("hex")}`;
  const found = `${end.seq} ${end.hash}`;
  if (remembered !== found) sink.add({ check: "audit_head", expected: remembered, found });
  if (head.unlinked === 0) return;
  const expected = "a link for every entry";
  sink.add({ check: "audit_unlinked", expected, found: `${head.unlinked} entries without one` });
}

async function compareAnchors(db: Db, { anchors }: AuditAnchors, sink: Sink): Promise<void> {
  const hashes = await auditHashesAt(
    db,
    anchors.map((anchor) => anchor.seq),
  );
  for (const { seq, hash } of anchors) {
    const found = hashes.get(seq) ?? "no such link";
    if (found !== hash) {
      sink.add({ check: "audit_anchor", expected: `link ${seq}: ${hash}`, found });
    }
  }
}

/** Stores the end of a sound chain outside, unless it lies there already. A bucket that is away is put up with. */
export async function storeAuditAnchor(
  storage: AnchorStorage,
  outside: AuditAnchors,
  end: AuditEnd,
): Promise<void> {
  if (end.seq === 0 || outside.anchors.some(({ seq }) => seq === end.seq)) return;
  const key = `${outside.prefix}${String(end.seq).padStart(15, "0")}-${end.hash}.json`;
  const content = JSON.stringify({ ...end, made_at: new Date().toISOString() });
  await storage.putText(key, content, "application/json").catch(() => undefined);
}
