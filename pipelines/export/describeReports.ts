/** The reports in words: the data dictionary of docs/analysts.md, so that page and product can't tell two stories. Pure. */
import { REPORT_NAMES, REPORTS, type ReportColumn } from "./reportDefinitions.ts";

const BEGIN = "<!-- dictionary: made by npm run docs:reports -->";
const END = "<!-- end of the dictionary -->";

/** The page with the dictionary between its markers; throws where they are missing. */
export function withDictionary(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error("the page lacks its markers");
  return `${before}${BEGIN}\n\n${dictionary()}\n${END}${after}`;
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
