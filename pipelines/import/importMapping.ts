/** The sender's mapping: which of their columns is which field, defaults, translated values, and how the file is written. */
import { z } from "zod";
import { describeFault, type InputFault, InvalidInputError } from "../../domain/errors.ts";
import type { ImportKind } from "../../domain/importWords.ts";
import { isTimeZone } from "../../domain/timeZones.ts";
import { isKnownEncoding } from "../../platform/textDecoding.ts";
import { isDateFormat } from "./dateFormat.ts";
import { kindRule } from "./importKinds.ts";
import { isLocale } from "./localeStyle.ts";

const NAME_CHARS_MAX = 200;
const name = z.string().min(1).max(NAME_CHARS_MAX);
const value = z.union([z.string().max(2_000), z.number(), z.boolean()]).transform(String);

const decimal = z.enum([".", ","]).optional();
const dateFormat = z
  .string()
  .max(40)
  .refine(
    isDateFormat,
    "a format such as DD/MM/YYYY, YYYY-MM-DD HH:mm:ss or D MMM YY (months are MM, minutes mm), or DMY, MDY or YMD",
  )
  .optional();

/** Schema of `mapping`; every part is optional. */
export const importMapping = z.strictObject({
  columns: z.record(name, name).optional().meta({ description: "Their column: our field." }),
  defaults: z
    .record(name, value)
    .optional()
    .meta({ description: "Values of fields whose column is missing or whose cell is empty." }),
  values: z
    .record(name, z.record(z.string().max(NAME_CHARS_MAX), value))
    .optional()
    .meta({ description: "By field: their value: our value." }),
  options: z
    .strictObject({
      delimiter: z
        .string()
        .length(1)
        .refine((sign) => !/["\r\n]/.test(sign), "one character, but no quote and no line end")
        .optional(),
      header_row: z.number().int().min(1).optional().meta({
        description: "Row with the headings, from 1; rows above it are left out.",
      }),
      encoding: z
        .string()
        .max(40)
        .refine(isKnownEncoding, "the name of an encoding, such as utf-8 or windows-1252")
        .optional(),
      sheet: z
        .union([z.string().min(1).max(100), z.number().int().min(1)])
        .transform(String)
        .optional(),
      locale: z
        .string()
        .max(40)
        .refine(isLocale, "a locale that is known, such as de-DE or en-GB")
        .optional()
        .meta({
          description:
            "Gives the decimal sign and the order of dates; decimal and date_format win.",
        }),
      decimal,
      date_format: dateFormat,
      empty_cells: z.enum(["keep", "clear"]).optional().meta({
        description:
          "What an empty cell does to a stored value: keep leaves it (as when missing), clear takes it away where the field may be empty.",
      }),
      time_zone: z
        .string()
        .max(60)
        .refine(isTimeZone, "an IANA time zone such as Europe/Amsterdam")
        .optional()
        .meta({ description: "Zone of times that name none; UTC when missing." }),
    })
    .optional(),
  formats: z
    .record(name, z.strictObject({ decimal, date_format: dateFormat }))
    .optional()
    .meta({ description: "By field: how its numbers or dates are written; wins over options." }),
});
export type ImportMapping = z.output<typeof importMapping>;

/** Throws InvalidInputError for fields that the kind does not have, each with the names that it has. */
export function checkMappingFields(kind: ImportKind, mapping: ImportMapping): void {
  const known = kindRule(kind).columns.map((column) => column.field);
  const faults: InputFault[] = [];
  const check = (field: string, pointer: string) => {
    if (known.includes(field)) return;
    const detail = describeFault({
      thing: "field",
      found: field,
      expected: `one of ${known.join(", ")}`,
    });
    faults.push({ pointer: `/mapping/${pointer}`, code: "unknown_field", detail });
  };
  for (const [theirs, field] of Object.entries(mapping.columns ?? {})) {
    check(field, `columns/${escapePointer(theirs)}`);
  }
  for (const field of Object.keys(mapping.defaults ?? {}))
    check(field, `defaults/${escapePointer(field)}`);
  for (const field of Object.keys(mapping.values ?? {}))
    check(field, `values/${escapePointer(field)}`);
  for (const field of Object.keys(mapping.formats ?? {}))
    check(field, `formats/${escapePointer(field)}`);
  faults.push(...formatFaults(kind, mapping));
  if (faults.length > 0)
    throw new InvalidInputError(faults, faults.length === 1 ? faults[0]?.code : undefined);
}

/** A decimal sign is of a number, a date format of a date. */
function formatFaults(kind: ImportKind, { formats = {} }: ImportMapping): InputFault[] {
  const types = new Map(kindRule(kind).columns.map(({ field, type }) => [field, type]));
  return Object.entries(formats).flatMap(([field, given]) => {
    const type = types.get(field);
    if (type === undefined) return [];
    const fits = { decimal: type === "number", date_format: type === "day" || type === "time" };
    return (["decimal", "date_format"] as const)
      .filter((part) => given[part] !== undefined && !fits[part])
      .map((part) => ({
        pointer: `/mapping/formats/${escapePointer(field)}/${part}`,
        code: "not_allowed",
        detail: describeFault({
          thing: `formats.${field}.${part}`,
          found: given[part],
          expected: `none: ${field} holds no ${part === "decimal" ? "number" : "date"}`,
        }),
      }));
  });
}

function escapePointer(part: string): string {
  return part.replaceAll("~", "~0").replaceAll("/", "~1");
}
