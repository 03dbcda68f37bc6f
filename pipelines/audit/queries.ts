/** SQL of the audit trail. */
import type { Acting } from "../../platform/acting.ts";
import type { Db } from "../../platform/postgres.ts";

/** An entry with its place in the chain. */
export interface AuditEntry {
  readonly seq: number;
  readonly hash: Buffer;
  readonly id: string;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly entity_type: string;
  readonly entity_id: string;
  readonly entity_ids: readonly string[] | null;
  readonly request_id: string | null;
  readonly address: string | null;
  readonly via: string | null;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

export interface AuditFilters {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly entityType?: string | undefined;
  readonly entityId?: string | undefined;
  readonly requestId?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

/** Entries before the given place of the chain, the newest first. */
export async function auditPage(
  db: Db,
  args: AuditFilters & { readonly before: string | undefined; readonly limit: number },
): Promise<AuditEntry[]> {
  const { rows } = await db.query<AuditEntry>({
    name: "audit_page",
    text: `
      select c.seq, c.hash, a.id, a.at, a.actor, a.action, a.entity_type, a.entity_id, a.entity_ids, a.request_id, a.address,
        a.via, a.before, a.after
      from audit_chain c
      join audit_log a on a.id = c.entry_id
      where ($1::bigint is null or c.seq < $1::bigint)
        and ($2::text is null or a.actor = $2::text)
        and ($3::text is null or a.action = $3::text)
        and ($4::text is null or a.entity_type = $4::text)
        and ($5::text is null or a.entity_id = $5::text or a.entity_ids @> array[$5::text])
        and ($6::text is null or a.request_id = $6::text)
        and ($7::timestamptz is null or a.at >= $7::timestamptz)
        and ($8::timestamptz is null or a.at < $8::timestamptz)
      order by c.seq desc
      limit $9::int`,
    values: [
      args.before ?? null,
      args.actor ?? null,
      args.action ?? null,
      args.entityType ?? null,
      args.entityId ?? null,
      args.requestId ?? null,
      args.from ?? null,
      args.to ?? null,
      args.limit,
    ],
  });
  return rows;
}

/** Says for the rest of the transaction who acts, where that is known only within it. */
export async function auditAuthorSet(tx: Db, author: Acting): Promise<void> {
  await tx.query({
    name: "audit_author_set",
    text: "select set_config('stockline.acting', $1::text, true)",
    values: [JSON.stringify(author)],
  });
}

interface Note {
  readonly action: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly before?: object;
  readonly after?: object;
}

/** Notes what no trigger sees, in the name of whoever acts. */
export async function auditNote(db: Db, note: Note): Promise<void> {
  await db.query({
    name: "audit_note",
    text: "select audit_note($1::text, $2::text, $3::text, $4::jsonb, $5::jsonb)",
    values: [note.action, note.entityType, note.entityId, note.before ?? null, note.after ?? null],
  });
}

/** A link whose hash, place or entry is not what it must be. */
export interface AuditFault {
  readonly seq: number;
  readonly check: "audit_entry" | "audit_gap" | "audit_missing";
  readonly entry_id: string;
  readonly expected: string;
  readonly found: string;
}

/** Where a chunk of the chain ended. */
export interface AuditStep {
  readonly rows: number;
  readonly seq: number;
  readonly hash: Buffer;
  readonly faults: readonly AuditFault[];
}

/** Checks the links after the given one: each place, each entry, each hash. Faults are listed up to a hundred a chunk. */
export async function auditChainCheck(
  db: Db,
  args: { readonly seq: number; readonly hash: Buffer; readonly limit: number },
): Promise<AuditStep> {
  const { rows } = await db.query<AuditStep>({
    name: "audit_chain_check",
    text: `
      with links as materialized (
        select seq, entry_id, hash
        from audit_chain
        where seq > $1::bigint
        order by seq
        limit $3::int
      ),
      judged as (
        select l.seq, l.entry_id, l.hash,
          coalesce(lag(l.seq) over (order by l.seq), $1::bigint) + 1 as place,
          case when a.id is null then null
            else sha256(coalesce(lag(l.hash) over (order by l.seq), $2::bytea) || audit_digest(a)) end as proper
        from links l
        left join audit_log a on a.id = l.entry_id
      ),
      faults as (
        select seq, 'audit_missing' as check, entry_id, 'its entry' as expected, 'none' as found
        from judged
        where proper is null
        union all
        select seq, 'audit_entry', entry_id, encode(proper, 'hex'), encode(hash, 'hex')
        from judged
        where proper <> hash
        union all
        select seq, 'audit_gap', entry_id, place::text, seq::text
        from judged
        where place <> seq
      )
      select (select count(*)::int from links) as rows,
        coalesce((select max(seq) from links), $1::bigint) as seq,
        coalesce((select hash from links order by seq desc limit 1), $2::bytea) as hash,
        coalesce((select json_agg(f) from (select * from faults order by seq limit 100) f), '[]') as faults`,
    values: [args.seq, args.hash, args.limit],
  });
  const [step] = rows;
  if (step === undefined) throw new Error("a statement without groups answers one row");
  return step;
}

/** The end that the database itself remembers, and entries that no link names. */
export async function auditHeadRead(
  db: Db,
): Promise<{ readonly seq: number; readonly hash: Buffer; readonly unlinked: number }> {
  const { rows } = await db.query<{ seq: number; hash: Buffer; unlinked: number }>({
    name: "audit_head_read",
    text: `
      select h.seq, h.hash,
        (select count(*)::int from audit_log a where not exists (select from audit_chain c where c.entry_id = a.id)) as unlinked
      from audit_head h`,
  });
  return rows[0] ?? { seq: 0, hash: Buffer.alloc(0), unlinked: 0 };
}

/** Hashes (hex) of the chain at the given places. */
export async function auditHashesAt(
  db: Db,
  places: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const { rows } = await db.query<{ seq: number; hash: string }>({
    name: "audit_hashes_at",
    text: "select seq, encode(hash, 'hex') as hash from audit_chain where seq = any($1::bigint[])",
    values: [places],
  });
  return new Map(rows.map((row) => [row.seq, row.hash]));
}
