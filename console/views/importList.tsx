/** Imports, newest first. */
import type { Row } from "../../client/operations.ts";
import { IMPORT_KINDS, IMPORT_STATUSES } from "../../domain/importWords.ts";
import { useApi, useMay } from "../state/context.ts";
import { type Place, placeOf } from "../state/place.ts";
import { usePages } from "../state/usePages.ts";
import { SelectAny, textOf } from "../ui/fields.tsx";
import { FilterForm } from "../ui/filterForm.tsx";
import { grouped, words } from "../ui/format.ts";
import { Age, Badge, Status } from "../ui/parts.tsx";
import { type Column, PagedTable } from "../ui/table.tsx";
import { asKind, IMPORT_PERMISSIONS } from "./importKinds.ts";

type Import = Row<"GET /v1/imports">;

const COLUMNS: readonly Column<Import>[] = [
  { title: "File", of: (row) => <a href={placeOf(["imports", row.id])}>{row.file_name}</a> },
  { title: "Kind", of: (row) => words(row.kind) },
  {
    title: "Status",
    of: (row) => (
      <>
        <Status of={row.status} /> {row.mode === "dry_run" && <Badge tone="plain">dry run</Badge>}
      </>
    ),
  },
  { title: "Rows", right: true, of: (row) => grouped(row.rows_total) },
  { title: "Applied", right: true, of: (row) => grouped(row.rows_applied) },
  { title: "Rejected", right: true, of: (row) => grouped(row.rows_rejected) },
  { title: "Skipped", right: true, of: (row) => grouped(row.rows_skipped) },
  { title: "Sent", of: (row) => <Age at={row.created_at} /> },
];

/** The view. */
export function ImportList({ place }: { readonly place: Place }) {
  const api = useApi();
  const may = useMay();
  const kind = asKind(place.query["kind"]);
  const status = IMPORT_STATUSES.find((one) => one === place.query["status"]);
  const pages = usePages(
    (cursor, signal) => api.call("GET /v1/imports", { query: { kind, status, cursor }, signal }),
    JSON.stringify([kind, status]),
  );
  const canSend = may(...IMPORT_PERMISSIONS);
  return (
    <>
      <h1 tabIndex={-1}>Imports</h1>
      <FilterForm
        label="Filter imports"
        path={["imports"]}
        query={place.query}
        read={(data) => ({ kind: textOf(data, "kind"), status: textOf(data, "status") })}
        onSame={pages.reload}
      >
        <SelectAny label="Kind" name="kind" value={kind} of={IMPORT_KINDS} />
        <SelectAny label="Status" name="status" value={status} of={IMPORT_STATUSES} />
        <div class="buttons">
          <button type="submit">Filter</button>
          {canSend && (
            <a class="button primary" href={placeOf(["imports", "new"])}>
              Import a file
            </a>
          )}
        </div>
      </FilterForm>
      <PagedTable
        title="Imports, newest first"
        columns={COLUMNS}
        pages={pages}
        keyOf={(row) => row.id}
        empty="No import yet."
      />
    </>
  );
}
