// Writes the two Excel files: the catalogue and the stocktake, each with a styled header row and a
// second sheet of notes. Numbers are number cells, barcodes text, times real Excel dates (UTC).
import ExcelJS from "exceljs";

const stamp = new Date(Date.UTC(2026, 0, 5, 9, 0));

/** The catalogue as people send it: readable column titles, costs and prices as numbers. */
export async function writeCatalogue(path, items) {
  const columns = [
    { header: "SKU", key: "sku", width: 12 },
    { header: "Name", key: "name", width: 48 },
    { header: "Unit", key: "unit", width: 8 },
    { header: "Category", key: "category", width: 20 },
    { header: "Barcode", key: "barcode", width: 16 },
    { header: "Cost", key: "cost", width: 11, style: { numFmt: "#,##0.00" } },
    { header: "Price", key: "price", width: 11, style: { numFmt: "#,##0.00" } },
    { header: "Currency", key: "currency", width: 10 },
    { header: "Status", key: "status", width: 10 },
  ];
  const rows = items.map((item) => ({
    ...item,
    cost: Number(item.cost),
    price: Number(item.price),
  }));
  const notes = ["Catalogue of the sample wholesaler.", "Prices in euro, without tax."];
  await writeWorkbook(path, { sheet: "Catalogue", columns, rows, notes });
}

/** The stocktake as counted: quantities as numbers, the time of each count as an Excel date. */
export async function writeCounts(path, counts) {
  const columns = [
    { header: "SKU", key: "sku", width: 12 },
    { header: "Warehouse", key: "warehouse", width: 12 },
    { header: "Quantity", key: "quantity", width: 12, style: { numFmt: "#,##0.00" } },
    { header: "Counted at", key: "counted_at", width: 20, style: { numFmt: "yyyy-mm-dd hh:mm" } },
  ];
  const rows = counts.map(({ quantity, ...row }) => ({
    ...row,
    quantity: quantity === undefined ? null : quantity / 100,
  }));
  const notes = ["Stocktake Rotterdam, January 2026.", "Times are UTC. Counted shelf by shelf."];
  await writeWorkbook(path, { sheet: "Counts", columns, rows, notes });
}

async function writeWorkbook(path, { sheet, columns, rows, notes }) {
  const workbook = new ExcelJS.Workbook();
  workbook.creator = "Stockline samples";
  workbook.created = stamp;
  workbook.modified = stamp;
  const table = workbook.addWorksheet(sheet, { views: [{ state: "frozen", ySplit: 1 }] });
  table.columns = columns;
  table.addRows(rows);
  const header = table.getRow(1);
  header.font = { bold: true, color: { argb: "FFFFFFFF" } };
  header.fill = { type: "pattern", pattern: "solid", fgColor: { argb: "FF31525B" } };
  table.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: columns.length } };
  const page = workbook.addWorksheet("Notes");
  page.getColumn(1).width = 60;
  page.addRows(notes.map((note) => [note]));
  await workbook.xlsx.writeFile(path);
}
