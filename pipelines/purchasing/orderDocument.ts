/**
 * The order as a document to print or send: a workbook of one page's width in any script, kept in object storage once for each
 * version of the order. Asked for again, the same version is the same object.
 */
import { Readable } from "node:stream";
import type ExcelJS from "exceljs";
import { type ObjectStorage, OWN_PREFIXES } from "../../platform/objectStorage.ts";
import type { Db } from "../../platform/postgres.ts";
import { type OrderAccess, readOrder } from "./lockOrder.ts";
import { type PartiesRow, purchaseOrderParties } from "./queries/history.ts";
import { type LineRow, purchaseOrderLinesRead } from "./queries/lines.ts";
import type { OrderRow } from "./queries/orders.ts";

/** The document of an order's version. */
export interface OrderDocument {
  readonly key: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly version: number;
}

const CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Answers the document of the order as it stands, writing it where it is not there yet. Throws NotFoundError. */
export async function documentOrder(
  { db, storage }: { db: Db; storage: Pick<ObjectStorage, "facts" | "put"> },
  access: Pick<OrderAccess, "id" | "warehouses">,
): Promise<OrderDocument> {
  const order = await readOrder(db, access);
  const key = `${OWN_PREFIXES.purchaseOrders}${order.id}/${order.version}.xlsx`;
  const fileName = `${order.number}-${order.version}.xlsx`;
  const known = await storage.facts(key);
  const { version } = order;
  if (known !== undefined) return { key, fileName, bytes: known.bytes, version };
  const lines = await purchaseOrderLinesRead(db, order.id);
  const file = await writeDocument({
    order,
    lines,
    parties: await purchaseOrderParties(db, order.id),
  });
  await storage.put(key, Readable.from([file]), CONTENT_TYPE);
  return { key, fileName, bytes: file.length, version };
}

interface DocumentParts {
  readonly order: OrderRow;
  readonly lines: readonly LineRow[];
  readonly parties: PartiesRow;
}

const HEADER = ["#", "SKU", "Your code", "Description", "Quantity", "Unit", "Unit price", "Amount"];
const WIDTHS = [5, 18, 16, 40, 12, 8, 14, 16];
const QUANTITY_FORMAT = "#,##0.####";
const MONEY_FORMAT = "#,##0.00##";

async function writeDocument({ order, lines, parties }: DocumentParts): Promise<Buffer> {
  const { default: Excel } = await import("exceljs"); // a quarter of an API's start, for a rare route
  const workbook = new Excel.Workbook();
  workbook.creator = "Stockline";
  workbook.created = order.updated_at;
  const sheet = workbook.addWorksheet(order.number, {
    pageSetup: {
      paperSize: 9,
      orientation: "portrait",
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
    },
    headerFooter: { oddFooter: `&L${order.number} v${order.version}&RPage &P of &N` },
  });
  sheet.columns = WIDTHS.map((width) => ({ width }));
  addHead(sheet, order, parties);
  const header = sheet.addRow(HEADER);
  header.font = { bold: true };
  header.eachCell((cell) => {
    cell.border = { bottom: { style: "thin" } };
  });
  sheet.pageSetup.printTitlesRow = `${header.number}:${header.number}`;
  for (const [place, line] of lines.entries()) addLine(sheet, line, parties.lines[place]);
  addTotal(sheet, order);
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

function addHead(sheet: ExcelJS.Worksheet, order: OrderRow, parties: PartiesRow): void {
  const title = sheet.addRow([`Purchase order ${order.number}`]);
  title.font = { bold: true, size: 16 };
  const { supplier, warehouse } = parties;
  const facts: readonly (readonly [string, string | null])[] = [
    ["Supplier", [supplier.name, `(${order.supplier})`].join(" ")],
    ["", [supplier.city, supplier.country].filter(Boolean).join(", ")],
    ["Deliver to", `${warehouse.name} (${order.warehouse})`],
    ["", warehouse.address],
    ["Expected on", order.expected_on],
    ["Status", order.status],
    ["Approved by", order.approved_by],
    ["Note", order.note],
  ];
  for (const [name, value] of facts) {
    if (value === null || value === "") continue;
    const row = sheet.addRow([name, null, value]);
    row.getCell(1).font = { bold: true };
  }
  sheet.addRow([]);
}

function addLine(
  sheet: ExcelJS.Worksheet,
  line: LineRow,
  known: PartiesRow["lines"][number] | undefined,
): void {
  const row = sheet.addRow([
    line.line,
    line.sku,
    known?.supplier_sku ?? null,
    line.name,
    Number(line.quantity),
    known?.unit ?? null,
    numberOf(line.unit_cost),
    numberOf(known?.amount),
  ]);
  for (const nth of [2, 3]) row.getCell(nth).numFmt = "@";
  row.getCell(5).numFmt = QUANTITY_FORMAT;
  for (const nth of [7, 8]) row.getCell(nth).numFmt = MONEY_FORMAT;
}

function numberOf(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Number(text);
}

function addTotal(sheet: ExcelJS.Worksheet, order: OrderRow): void {
  const total = order.total_cost === null ? "not known" : Number(order.total_cost);
  const row = sheet.addRow(["Total", null, null, null, null, null, order.currency, total]);
  row.font = { bold: true };
  row.getCell(8).numFmt = MONEY_FORMAT;
}
