/** The sender's mapping: which of their columns is which field, defaults, translated values, and how the file is written. */
import { z } from "zod";
import { describeFault, type InputFault, InvalidInputError } from "../../domain/errors.ts";
import { isKnownEncoding } from "../../platform/textDecoding.ts";
import { type ImportKind, kindRule } from "./importKinds.ts";
import { isDateFormat, isTimeZone } from "./readTime.ts";

const NAME_CHARS_MAX = 200;
const name = z.string().min(1).max(NAME_CHARS_MAX);
const value = z.union([z.string().max(2_000), z.number(), z.boolean()]).transform(String);

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
      delimiter: z.string().min(1).max(1).optional(),
      encoding: z
        .string()
        .max(40)
        .refine(isKnownEncoding, "the name of an encoding, such as utf-8 or windows-1252")
        .optional(),
      sheet: z
        .union([z.string().min(1).max(100), z.number().int().min(1)])
        .transform(String)
        .optional(),
      decimal: z.enum([".", ","]).optional(),
      date_format: z
        .string()
        .max(40)
        .refine(isDateFormat, "a format such as DD/MM/YYYY or YYYY-MM-DD HH:mm:ss")
        .optional(),
      time_zone: z
        .string()
        .max(60)
        .refine(isTimeZone, "an IANA time zone such as Europe/Amsterdam")
        .optional()
        .meta({ description: "Zone of times that name none; UTC when missing." }),
    })
    .optional(),
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
  if (faults.length > 0)
    throw new InvalidInputError(faults, faults.length === 1 ? "unknown_field" : undefined);
}

function escapePointer(part: string): string {
  return part.replaceAll("~", "~0").replaceAll("/", "~1");
}
