/** An option whose value is a list, for commander. */
import { UsageError } from "./usageError.ts";

/** Reads "A, B" as ["A", "B"]; throws UsageError where a part is empty. */
export function commaList(text: string): string[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.every((part) => part !== "")) return parts;
  throw new UsageError(`"${text}" is not a list; expected names separated by commas`);
}
