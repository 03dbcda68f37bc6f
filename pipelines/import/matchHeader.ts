/**
 * Finds which column of the file is which field: by the mapping first, then by plain name, then by alias, without regard to
 * case, spaces and signs. Columns that nothing names are kept for the error file and otherwise ignored. Pure.
 */
import { showValue } from "../../domain/errors.ts";
import { ImportFileError } from "./importFileError.ts";
import { type ColumnRule, type ImportKind, kindRule } from "./importKinds.ts";
import type { ImportMapping } from "./importMapping.ts";

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

/** Columns that a file may have. */
const COLUMNS_MAX = 2_000;

/** Binds the headings; throws ImportFileError for missing required columns, repeated ones and mapped ones that are not there. */
export function matchHeader(
  header: readonly string[],
  kind: ImportKind,
  mapping: ImportMapping,
): HeaderMatch {
  if (header.length > COLUMNS_MAX) {
    throw headerError(
      "header_too_wide",
      `the file has ${header.length} columns; expected at most ${COLUMNS_MAX}`,
    );
  }
  const rules = kindRule(kind).columns;
  const taken = new Map<string, number>();
  takeMapped(header, mapping, taken);
  takeByName(header, rules, taken);
  const columns = rules.flatMap((rule) => bind(rule, { header, mapping, taken }));
  refuseMissing(columns, header);
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
    const exact = header.indexOf(theirs.trim());
    const index =
      exact >= 0
        ? exact
        : header.findIndex((title) => title !== "" && plain(title) === plain(theirs));
    if (index < 0) {
      throw headerError(
        "mapped_column_missing",
        `mapping.columns names the column ${showValue(theirs)}, which the file does not have; it has ${listOf(header)}`,
      );
    }
    if (taken.has(field)) {
      throw headerError(
        "header_repeated",
        `mapping.columns gives the field "${field}" more than one column; expected one`,
      );
    }
    taken.set(field, index);
  }
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
      heading: title === rule.field ? undefined : title,
      fallback: fallback === "" ? undefined : fallback,
      values: values === undefined ? undefined : new Map(Object.entries(values)),
    },
  ];
}

function refuseMissing(columns: readonly BoundColumn[], header: readonly string[]): void {
  const missing = columns
    .filter((column) => column.index === undefined && column.fallback === undefined)
    .map((column) => column.rule.field);
  if (missing.length === 0) return;
  throw headerError(
    "columns_missing",
    `the column${missing.length > 1 ? "s" : ""} ${missing.join(", ")} ${missing.length > 1 ? "are" : "is"} missing; found ${listOf(header)}; add ${missing.length > 1 ? "them" : "it"}, name ${missing.length > 1 ? "them" : "it"} by mapping.columns, or give mapping.defaults`,
  );
}

const SHOWN_HEADINGS = 20;

function listOf(header: readonly string[]): string {
  const shown = header.slice(0, SHOWN_HEADINGS).map((title) => showValue(title));
  return shown.join(", ") + (header.length > SHOWN_HEADINGS ? ", …" : "");
}

function headerError(code: string, detail: string): ImportFileError {
  return new ImportFileError({ code, detail });
}
