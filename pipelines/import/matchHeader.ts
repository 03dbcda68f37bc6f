/**
 * Finds which column of the file is which field: by the mapping first, then by plain name, then by alias, without regard to
 * case, spaces, line breaks and signs. Columns that nothing names are kept for the error file and otherwise ignored. Pure.
 */
import { showValue } from "../../domain/errors.ts";
import type { ImportKind } from "../../domain/importWords.ts";
import { ImportFileError } from "./importFileError.ts";
import { type ColumnRule, kindRule } from "./importKinds.ts";
import type { ImportMapping } from "./importMapping.ts";
import { nearestName } from "./nearest.ts";
import { signsOf } from "./readNumber.ts";

/** One field and where it comes from; `index` is undefined where only a default gives it. */
export interface BoundColumn {
  readonly rule: ColumnRule;
  readonly index: number | undefined;
  /** Heading in the file, where it differs from the field's name. */
  readonly heading: string | undefined;
  readonly fallback: string | undefined;
  readonly values: ReadonlyMap<string, string> | undefined;
}

export interface HeaderMatch {
  readonly columns: readonly BoundColumn[];
  /** Headings that no field takes. */
  readonly ignored: readonly string[];
}

/** Binds the headings; throws ImportFileError for missing required columns, repeated ones and mapped ones that are not there. */
export function matchHeader(
  header: readonly string[],
  kind: ImportKind,
  mapping: ImportMapping,
): HeaderMatch {
  const rules = kindRule(kind).columns;
  const taken = new Map<string, number>();
  takeMapped(header, mapping, taken);
  takeByName(header, rules, taken);
  const columns = rules.flatMap((rule) => bind(rule, { header, mapping, taken }));
  refuseMissing(columns, header, taken);
  const used = new Set(taken.values());
  return { columns, ignored: header.filter((title, index) => title !== "" && !used.has(index)) };
}

/** A heading without case, accents of writing and signs: "Unit-Cost " is "unitcost". */
function plain(title: string): string {
  return title
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}

function takeMapped(
  header: readonly string[],
  mapping: ImportMapping,
  taken: Map<string, number>,
): void {
  for (const [theirs, field] of Object.entries(mapping.columns ?? {})) {
    const index = mappedIndex(header, theirs);
    if (taken.has(field)) {
      throw headerError(
        "header_repeated",
        `mapping.columns gives the field "${field}" more than one column; expected one`,
      );
    }
    taken.set(field, index);
  }
}

/** The one column of that heading; written exactly so before written alike. */
function mappedIndex(header: readonly string[], theirs: string): number {
  const indexes = (matches: (title: string) => boolean) =>
    [...header.keys()].filter((index) => matches(header[index] ?? ""));
  const exact = indexes((title) => title === theirs.trim());
  const alike = indexes((title) => title !== "" && plain(title) === plain(theirs));
  const [index, second] = exact.length > 0 ? exact : alike;
  if (index === undefined) {
    const near = nearestName(theirs, header);
    throw headerError(
      "mapped_column_missing",
      `mapping.columns names the column ${showValue(theirs)}, which the file does not have; it has ${listOf(header)}${near === undefined ? "" : `; did you mean ${showValue(near)}?`}`,
    );
  }
  if (second !== undefined) {
    throw headerError(
      "header_repeated",
      `mapping.columns names the column ${showValue(theirs)}, which stands in the file more than once (columns ${index + 1} and ${second + 1}); rename one`,
    );
  }
  return index;
}

function takeByName(
  header: readonly string[],
  rules: readonly ColumnRule[],
  taken: Map<string, number>,
): void {
  const namesOf: ((rule: ColumnRule) => readonly string[])[] = [
    (rule) => [rule.field],
    (rule) => rule.aliases ?? [],
  ];
  for (const names of namesOf) {
    for (const rule of rules) {
      if (taken.has(rule.field)) continue;
      const wanted = new Set(names(rule).map(plain));
      const free = new Set(taken.values());
      const found = [...header.keys()].filter(
        (index) => !free.has(index) && wanted.has(plain(header[index] ?? "")),
      );
      const [first, second] = found;
      if (first === undefined) continue;
      if (second !== undefined) {
        throw headerError(
          "header_repeated",
          `the columns ${showValue(header[first])} and ${showValue(header[second])} both mean "${rule.field}"; rename one, or say which by mapping.columns`,
        );
      }
      taken.set(rule.field, first);
    }
  }
}

interface BindParts {
  readonly header: readonly string[];
  readonly mapping: ImportMapping;
  readonly taken: ReadonlyMap<string, number>;
}

function bind(rule: ColumnRule, { header, mapping, taken }: BindParts): BoundColumn[] {
  const index = taken.get(rule.field);
  const fallback = mapping.defaults?.[rule.field];
  if (index === undefined && fallback === undefined && rule.required !== true) return [];
  const title = index === undefined ? undefined : header[index];
  const values = mapping.values?.[rule.field];
  return [
    {
      rule,
      index,
      heading: title === rule.field ? undefined : title?.replaceAll(/\s+/gu, " "),
      fallback: fallback === "" ? undefined : fallback,
      values: values === undefined ? undefined : new Map(Object.entries(values)),
    },
  ];
}

function refuseMissing(
  columns: readonly BoundColumn[],
  header: readonly string[],
  taken: ReadonlyMap<string, number>,
): void {
  const missing = columns
    .filter((column) => column.index === undefined && column.fallback === undefined)
    .map((column) => column.rule);
  if (missing.length === 0) return;
  if (taken.size === 0 && header.some(isData)) {
    throw headerError(
      "header_missing",
      `the first row looks like data, not like the names of columns: ${listOf(header)}; expected names such as ${fieldsOf(missing)}; add a row with the names of the columns above it, or say by mapping.options.header_row where they stand`,
    );
  }
  const isOne = missing.length === 1;
  const where =
    taken.size === 0
      ? "; where the names stand in another row, set mapping.options.header_row"
      : "";
  const it = isOne ? "it" : "them";
  throw headerError(
    "columns_missing",
    `the column${isOne ? "" : "s"} ${fieldsOf(missing)} ${isOne ? "is" : "are"} missing; found ${listOf(header)}${suggest(missing, header, taken)}; add ${it}, name ${it} by mapping.columns, or give mapping.defaults${where}`,
  );
}

function fieldsOf(rules: readonly ColumnRule[]): string {
  return rules.map((rule) => rule.field).join(", ");
}

const DATE = /^\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}/;

/** True for a cell that nobody would call a column: a number, or a date. */
function isData(title: string): boolean {
  return title !== "" && (signsOf(title).signs !== 0 || DATE.test(title));
}

/** Headings that no field takes and that a missing one may have meant. */
function suggest(
  missing: readonly ColumnRule[],
  header: readonly string[],
  taken: ReadonlyMap<string, number>,
): string {
  const used = new Set(taken.values());
  const free = header.filter((title, index) => title !== "" && !used.has(index));
  const near = missing.flatMap(({ field, aliases = [] }) => {
    const names = [field, ...aliases].map((name) => nearestName(name, free));
    const [first] = names.filter((name) => name !== undefined);
    return first === undefined ? [] : [`${showValue(first)} for ${field}`];
  });
  return near.length === 0 ? "" : `; did you mean ${near.join(", ")}?`;
}

const SHOWN_HEADINGS = 20;

function listOf(header: readonly string[]): string {
  const shown = header.slice(0, SHOWN_HEADINGS).map((title) => showValue(title));
  return shown.join(", ") + (header.length > SHOWN_HEADINGS ? ", …" : "");
}

function headerError(code: string, detail: string): ImportFileError {
  return new ImportFileError({ code, detail });
}
