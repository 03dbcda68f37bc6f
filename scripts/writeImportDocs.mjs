/**
 * Writes the tables of columns into docs/imports.md, between their markers, from the rules that imports work by. Run after a
 * build: `npm run docs:imports`. With the name of another file it writes there.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

const root = new URL("../", import.meta.url);
// By URL: linters run before anything is built.
const built = (file) => import(new URL(`dist/${file}`, root).href);
const { IMPORT_KINDS } = await built("domain/importWords.js");
const { kindRule } = await built("pipelines/import/importKinds.js");
const BEGIN = "<!-- columns: made by scripts/writeImportDocs.mjs -->";
const END = "<!-- end of columns -->";

const cell = (text) => text.replaceAll("|", "\\|");
const line = (cells) => `| ${cells.map(cell).join(" | ")} |`;

function tableOf(kind) {
  const { title, upsert, columns } = kindRule(kind);
  const rows = columns.map((column) =>
    line([
      column.required ? `**${column.field}**` : column.field,
      `${column.meaning}; ${column.holds}`,
      column.standard ?? (column.required ? "refused" : "–"),
      column.clearable ? "yes" : "",
      column.example === "" ? "" : `\`${column.example}\``,
      (column.aliases ?? []).join(", "),
    ]),
  );
  const head = [
    "column",
    "holds",
    "without a value",
    "can be cleared",
    "example",
    "other headings",
  ];
  const rule = head.map(() => "---");
  return `### \`${kind}\`: ${title}\n\n${upsert}\n\n${[line(head), line(rule), ...rows].join("\n")}\n`;
}

const file = process.argv[2] ? resolve(process.argv[2]) : new URL("docs/imports.md", root);
const text = readFileSync(file, "utf8");
const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
if (from < 0 || to < from)
  throw new Error(`${file} has no place for the columns: ${BEGIN} … ${END}`);
const tables = IMPORT_KINDS.map(tableOf).join("\n");
writeFileSync(file, `${text.slice(0, from)}${BEGIN}\n\n${tables}\n${text.slice(to)}`);
