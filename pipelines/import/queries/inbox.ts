/** SQL of the watched prefix: which objects were seen, and one statement that notes them together with their imports. */
import type { Db } from "../../../platform/postgres.ts";

/** An object as it lay in the bucket. */
interface SeenObject {
  readonly key: string;
  readonly etag: string;
}

/** Those of the objects that no run has noted yet. */
export async function inboxObjectsNew(db: Db, objects: readonly SeenObject[]): Promise<string[]> {
  const { rows } = await db.query<{ object_key: string }>({
    name: "inbox_objects_new",
    text: `
      select s.object_key
      from unnest($1::text[], $2::text[]) as s (object_key, etag)
      where not exists (
        select
        from import_inbox_objects o
        where o.object_key = s.object_key
          and o.etag = s.etag
      )`,
    values: [objects.map(({ key }) => key), objects.map(({ etag }) => etag)],
  });
  return rows.map((row) => row.object_key);
}

/** What becomes of an object: an import, or a refusal. */
export interface InboxDecision extends SeenObject {
  readonly bytes: number;
  readonly refused?: { readonly code: string; readonly detail: string } | undefined;
  readonly started?:
    | {
        readonly importId: string;
        readonly kind: string;
        readonly fileName: string;
        readonly fileKey: string;
        readonly mapping: unknown;
      }
    | undefined;
}

/** Notes objects once each, with the imports that they become; answers the keys that this call noted. */
export async function inboxObjectsNote(
  db: Db,
  args: { readonly decisions: readonly InboxDecision[]; readonly createdBy: string },
): Promise<string[]> {
  const { rows } = await db.query<{ object_key: string }>({
    name: "inbox_objects_note",
    text: `
      with decided as (
        select object_key, etag, bytes, refused_code, refused_detail, import_id, kind, file_name, file_key, mapping
        from jsonb_to_recordset($1::jsonb) as d (
          object_key text, etag text, bytes bigint, refused_code text, refused_detail text, import_id uuid, kind text,
          file_name text, file_key text, mapping jsonb)
      ),
      noted as (
        insert into import_inbox_objects (object_key, etag, import_id, refused_code, refused_detail)
        select object_key, etag, import_id, refused_code, refused_detail
        from decided
        on conflict do nothing
        returning object_key, etag
      ),
      started as (
        insert into imports (
          id, kind, file_name, file_key, mapping, bytes_total, created_by, source_key, source_etag)
        select d.import_id, d.kind, d.file_name, d.file_key, d.mapping, d.bytes, $2::text, d.object_key, d.etag
        from decided d
        join noted n on n.object_key = d.object_key and n.etag = d.etag
        where d.import_id is not null
      )
      select object_key
      from noted`,
    values: [JSON.stringify(args.decisions.map(recordOf)), args.createdBy],
  });
  return rows.map((row) => row.object_key);
}

const NOT_REFUSED = { code: null, detail: null };
const NOT_STARTED = { importId: null, kind: null, fileName: null, fileKey: null, mapping: null };

function recordOf({ key, etag, bytes, refused, started }: InboxDecision) {
  const file = { ...NOT_STARTED, ...started };
  const refusal = { ...NOT_REFUSED, ...refused };
  return {
    object_key: key,
    etag,
    bytes,
    refused_code: refusal.code,
    refused_detail: refusal.detail,
    import_id: file.importId,
    kind: file.kind,
    file_name: file.fileName,
    file_key: file.fileKey,
    mapping: file.mapping,
  };
}
