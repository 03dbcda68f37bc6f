/**
 * Tells which rows of a file are one purchase order, wherever they stand: each gets the number of its order's first row. Rows
 * that could not be read are found by the one cell that names their order, so that they take their order's other rows with them.
 */
import type { DbClient } from "../../platform/postgres.ts";
import { ORDER_LINES_MAX } from "../purchasing/index.ts";
import { detectedOf, kindOf, mappingOf } from "./importRun.ts";
import { matchHeader } from "./matchHeader.ts";
import type { ImportRow } from "./queries/imports.ts";
import {
  importOrdersGroup,
  importOversizeOrders,
  importOversizeOrdersRefuse,
  importUnreadableRows,
  importUnreadableRowsGroup,
} from "./queries/purchaseOrders.ts";
import { wordFault } from "./wordFault.ts";

/** Unreadable rows that one statement looks at. */
const PAGE_ROWS = 20_000;

/**
 * Groups the rows of an import of purchase orders. Orders of too many rows are refused at once, since nothing reads so many
 * together; answers how many rows those were.
 */
export async function groupOrderRows(tx: DbClient, row: ImportRow): Promise<number> {
  await importOrdersGroup(tx, row.id);
  const refused = await refuseOversize(tx, row.id);
  await groupUnreadable(tx, row);
  return refused;
}

async function refuseOversize(tx: DbClient, importId: string): Promise<number> {
  const oversize = await importOversizeOrders(tx, { importId, rowsMax: ORDER_LINES_MAX });
  if (oversize.length === 0) return 0;
  const code = "too_many_lines";
  const orders = oversize.map(({ group_row: groupRow, number: value, rows }) => {
    const known = String(rows);
    const fault = { row_number: groupRow, column_name: "order", code, value, known };
    return { groupRow, detail: wordFault(fault).detail };
  });
  return importOversizeOrdersRefuse(tx, { importId, code, orders });
}

async function groupUnreadable(tx: DbClient, row: ImportRow): Promise<void> {
  const orderOf = orderReader(row);
  if (orderOf === undefined) return;
  let after = 0;
  for (;;) {
    const page = await importUnreadableRows(tx, { importId: row.id, after, limit: PAGE_ROWS });
    if (page.length === 0) return;
    // one bad row is enough to hold an order back, and names itself: the first of each order
    const firsts = new Map<string, number>();
    for (const { row_number: number, cells } of page) {
      const order = orderOf(cells);
      if (order !== undefined && !firsts.has(order)) firsts.set(order, number);
    }
    const rows = [...firsts].map(([order, rowNumber]) => ({ order, rowNumber }));
    await importUnreadableRowsGroup(tx, { importId: row.id, rows });
    after = page.at(-1)?.row_number ?? after;
  }
}

type Cells = readonly (string | number)[];

/** Reads the order's number alone; undefined where the file has no header, as one without rows. */
function orderReader(row: ImportRow): ((cells: Cells) => string | undefined) | undefined {
  const { header } = detectedOf(row);
  if (header === undefined) return undefined;
  const bound = matchHeader(header, kindOf(row), mappingOf(row)).columns;
  const column = bound.find(({ rule }) => rule.field === "order");
  if (column === undefined) return undefined;
  const { index, fallback, values } = column;
  return (cells) => {
    const cell = index === undefined ? "" : String(cells[index] ?? "").trim();
    const given = cell === "" ? fallback : cell;
    return given === undefined ? undefined : (values?.get(given) ?? given).normalize("NFC");
  };
}
