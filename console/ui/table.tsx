/** Tables of rows: real tables where there is room, one block a row on a phone. Cells are text or elements, never markup from data. */
import type { ComponentChildren } from "preact";
import type { Pages } from "../state/usePages.ts";
import { counted } from "./format.ts";
import { Freshness, Panel } from "./panel.tsx";
import { Empty, ProblemBox, Skeleton } from "./parts.tsx";

export interface Column<R> {
  readonly title: string;
  readonly of: (row: R) => ComponentChildren;
  /** Figures stand to the right. */
  readonly right?: true;
}

interface TableProps<R> {
  readonly caption: string;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly keyOf: (row: R) => string;
}

/** A table; its caption is for those who hear it. */
export function Table<R>({ caption, columns, rows, keyOf }: TableProps<R>) {
  return (
    <div class="table">
      <table>
        <caption class="heard">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, right }) => (
              <th key={title} scope="col" class={right === true ? "right" : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ title, of, right }) => (
                <td key={title} data-title={title} class={right === true ? "right" : undefined}>
                  <div>{of(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface PagedTableProps<R> {
  readonly title: string;
  readonly columns: readonly Column<R>[];
  readonly pages: Pages<R>;
  readonly keyOf: (row: R) => string;
  readonly empty: ComponentChildren;
  readonly actions?: ComponentChildren;
}

/** A panel with a list that goes on page by page. */
export function PagedTable<R>({
  title,
  columns,
  pages,
  keyOf,
  empty,
  actions,
}: PagedTableProps<R>) {
  const { rows, error, asOfMs, busy, hasMore } = pages;
  return (
    <Panel
      title={title}
      wide
      actions={
        <>
          {actions}
          <Freshness asOfMs={asOfMs} failed={error !== undefined} />
          <button type="button" class="plain" onClick={pages.reload} disabled={busy}>
            Refresh
          </button>
        </>
      }
    >
      <ProblemBox error={error} />
      {rows === undefined && error === undefined && <Skeleton lines={8} />}
      {rows?.length === 0 && <Empty>{empty}</Empty>}
      {rows !== undefined && rows.length > 0 && (
        <Table caption={title} columns={columns} rows={rows} keyOf={keyOf} />
      )}
      {rows !== undefined && rows.length > 0 && (
        <footer>
          <span class="quiet">{`${counted(rows.length, "row")}${hasMore ? ", more to come" : ""}`}</span>
          {hasMore && (
            <button type="button" onClick={pages.more} disabled={busy}>
              {busy ? "Loading …" : "Load more"}
            </button>
          )}
        </footer>
      )}
    </Panel>
  );
}
