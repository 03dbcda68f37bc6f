/** The reports in words: the data dictionary of docs/analysts.md, so that page and product can't tell two stories. Pure. */
import { REPORT_NAMES } from "../../domain/reportWords.ts";
import { REPORTS, type ReportColumn } from "./reportDefinitions.ts";

const BEGIN = "<!-- dictionary: made by npm run docs:reports -->";
const END = "<!-- end of the dictionary -->";

const TABLES_BEGIN = "<!-- tables: made by npm run docs:reports -->";
const TABLES_END = "<!-- end of the tables -->";

/** The page with dictionary and table definitions between their markers; throws where they are missing. */
export function withDictionary(page: string): string {
  const told = between(page, { begin: BEGIN, end: END, text: dictionary() });
  return between(told, { begin: TABLES_BEGIN, end: TABLES_END, text: athenaTables() });
}

function between(page: string, part: { begin: string; end: string; text: string }): string {
  const [before, rest] = page.split(part.begin);
  const after = rest?.split(part.end)[1];
  if (before === undefined || after === undefined) throw new Error("the page lacks its markers");
  return `${before}${part.begin}\n\n${part.text}\n${part.end}${after}`;
}

function dictionary(): string {
  return REPORT_NAMES.map((name) => {
    const { title, description, columns, parameters, source, orderBy } = REPORTS[name];
    const taken = [
      "warehouse",
      "sku_prefix",
      ...("view" in source ? ["fresh"] : []),
      ...parameters,
    ];
    return [
      `### ${name}`,
      "",
      `${title}. ${description}`,
      "",
      `Parameters: ${taken.map((one) => `\`${one}\``).join(", ")}. Ordered by ${orderBy.join(", ")}.`,
      "",
      "| column | type | meaning |",
      "| --- | --- | --- |",
      ...columns.map((column) => `| ${column.name} | ${typeOf(column)} | ${column.description} |`),
      "",
    ].join("\n");
  }).join("\n");
}

function typeOf({ type, precision, scale }: ReportColumn): string {
  return type === "decimal" ? `decimal(${precision}, ${scale})` : type;
}

/** Reports whose tables are written out, each with the prefix that its schedule delivers to. */
const ATHENA = [
  { report: "movement_history", table: "stockline_ledger", prefix: "exports/ledger/" },
  { report: "current_inventory", table: "stockline_inventory", prefix: "exports/inventory/" },
] as const;

function athenaTables(): string {
  return ATHENA.map(({ report, table, prefix }) => {
    const location = `s3://<bucket>/${prefix}${report}/`;
    const columns = REPORTS[report].columns.map(
      (column) => `  \`${column.name}\` ${athenaType(column)}`,
    );
    return [
      "```sql",
      `create external table ${table} (`,
      columns.join(",\n"),
      ")",
      "partitioned by (`date` date)",
      "stored as parquet",
      `location '${location}'`,
      "tblproperties (",
      "  'projection.enabled' = 'true',",
      "  'projection.date.type' = 'date',",
      "  'projection.date.format' = 'yyyy-MM-dd',",
      "  'projection.date.range' = '2026-01-01,NOW',",
      "  'projection.date.interval' = '1',",
      "  'projection.date.interval.unit' = 'DAYS',",
      `  'storage.location.template' = '${location}date=\${date}/'`,
      ");",
      "```",
      "",
    ].join("\n");
  }).join("\n");
}

function athenaType({ type, precision, scale }: ReportColumn): string {
  switch (type) {
    case "text":
      return "string";
    case "integer":
      return "bigint";
    case "decimal":
      return `decimal(${precision},${scale})`;
    case "timestamp":
    case "date":
      return type;
  }
}
