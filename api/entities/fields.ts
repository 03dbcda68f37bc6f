/** Schemas that the catalogue's resources share. */
import { z } from "zod";
import { textField } from "../http/fields.ts";

/** A name: 1 to 300 characters. */
export const nameField = textField(300).min(1);

/** Optional free text; null clears it, the empty text counts as null. */
export const optionalText = (charsMax: number) =>
  textField(charsMax)
    .transform((text) => (text === "" ? null : text))
    .nullable()
    .optional();

/** Days, 0 to ten years. */
export const daysField = z.int().min(0).max(3_650);

/** Text to search for. */
export const searchField = textField(100).min(1).optional();

export { textOut } from "../../domain/catalogueEntries.ts";
