/** What a warehouse must fulfil as a whole; pure. */
import { InvalidInputError } from "../../domain/errors.ts";

/** Throws InvalidInputError where only one half of a location is there. */
export function checkWarehouse(warehouse: Readonly<Record<string, unknown>>): void {
  const missing = ["latitude", "longitude"].filter(
    (member) => (warehouse[member] ?? null) === null,
  );
  if (missing.length !== 1) return;
  const member = missing[0] ?? "";
  const detail = `${member} is missing; expected latitude and longitude together, or neither`;
  throw new InvalidInputError([{ pointer: `/${member}`, code: "required", detail }], "required");
}
