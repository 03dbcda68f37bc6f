/** Schemas of the values that many resources share: quantities, money, codes, times. Inputs are exact; nothing is rounded. */
import { z } from "zod";
import { formatQuantity, parseQuantity, quantityExpectation } from "./quantity.ts";

/** A quantity on input: decimal string or JSON number, up to 4 decimals. Output of the schema: decimal string, normalised. */
export const quantityField = z
  .union([z.string().max(40), z.number()], { error: "a decimal number, as a text or a number" })
  .transform((value, check) => {
    const parsed = parseQuantity(typeof value === "number" ? numberText(value) : value.trim());
    if (typeof parsed === "bigint") return formatQuantity(parsed);
    check.addIssue({
      code: "custom",
      message: quantityExpectation(parsed),
      params: { code: parsed === "out_of_range" ? "out_of_range" : "quantity_format" },
    });
    return z.NEVER;
  })
  .meta({ description: "Decimal number, up to 4 decimals; a string is exact whatever its size." });

/** Writes a double without exponent where its shortest form has none; "NaN" and exponents fail the parse that follows. */
function numberText(value: number): string {
  return Object.is(value, -0) ? "0" : String(value);
}

/** A quantity that must be greater than zero. */
export const positiveQuantityField = quantityField.refine((text) => !/^(-|0$)/.test(text), {
  message: "a quantity greater than 0",
  params: { code: "not_positive" },
});

/** A quantity of zero or more. */
export const nonNegativeQuantityField = quantityField.refine((text) => !text.startsWith("-"), {
  message: "a quantity of 0 or more",
  params: { code: "negative" },
});

/** Money on input, without its currency: zero or more, up to 4 decimals. */
export const moneyField = nonNegativeQuantityField.meta({
  description: "Decimal amount of 0 or more, up to 4 decimals; its currency stands beside it.",
});

/** ISO 4217 code of three capital letters. */
export const currencyField = z
  .string()
  .regex(/^[A-Z]{3}$/, "an ISO 4217 code such as EUR")
  .meta({ description: "ISO 4217." });

const CONTROL_OR_INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** A code or SKU: compared exactly after NFC and trimming; invisible characters are refused. */
export const codeField = z
  .string()
  .max(100)
  .transform((text) => text.normalize("NFC").trim())
  .refine((text) => text !== "" && !CONTROL_OR_INVISIBLE.test(text), {
    message: "1 to 100 visible characters",
    params: { code: "code_format" },
  });

/** Free text of one line or more, trimmed; the empty text counts as not given only where the caller says so. */
export const textField = (charsMax: number) => z.string().trim().max(charsMax);

const RFC_3339 =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** An RFC 3339 time with offset; output: Date (milliseconds). */
export const timeField = z
  .string()
  .max(40)
  .transform((text, check) => {
    const date = new Date(text);
    if (RFC_3339.test(text) && isWritable(date) && isRealDay(text)) return date;
    check.addIssue({
      code: "custom",
      message: "an RFC 3339 time with offset, such as 2026-03-01T12:00:00Z",
      params: { code: "date_format" },
    });
    return z.NEVER;
  })
  .meta({ format: "date-time" });

/** In UTC a time of year 0 or past 9999 could not be answered as RFC 3339; NaN is in no year. */
function isWritable(date: Date): boolean {
  return date.getUTCFullYear() >= 1 && date.getUTCFullYear() <= 9999;
}

/** A calendar day, YYYY-MM-DD. */
export const dayField = z
  .string()
  .refine((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isRealDay(text), {
    message: "a calendar day such as 2026-03-01",
    params: { code: "date_format" },
  })
  .meta({ format: "date" });

function isRealDay(text: string): boolean {
  const day = text.slice(0, 10);
  const date = new Date(`${day}T00:00:00Z`);
  // The database knows no year 0.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day) && day >= "0001";
}

/** An identifier of ours. */
export const idField = z
  .string()
  .refine((text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text), {
    message: "a UUID",
    params: { code: "id_format" },
  })
  .transform((text) => text.toLowerCase())
  .meta({ format: "uuid" });

/** Decimal string on output. */
export const decimalOut = z.string().meta({ format: "decimal", examples: ["12.5"] });
/** Time on output. */
export const timeOut = z.string().meta({ format: "date-time" });
