/** What an item must fulfil as a whole; pure. */
import { describeFault, InvalidInputError } from "../../domain/errors.ts";

/** Stock unit of an item that names none. */
const UNIT_DEFAULT = "each";

/** Throws InvalidInputError where the stock unit is among the packs too. */
export function checkItem(item: Readonly<Record<string, unknown>>): void {
  const { unit = UNIT_DEFAULT, units } = item;
  if (typeof unit !== "string" || typeof units !== "object" || units === null) return;
  if (!Object.hasOwn(units, unit)) return;
  const detail = describeFault({
    thing: "units",
    found: unit,
    expected: `packs only: "${unit}" is the item's stock unit`,
  });
  const pointer = `/units/${unit.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  throw new InvalidInputError(
    [{ pointer, code: "unit_is_stock_unit", detail }],
    "unit_is_stock_unit",
  );
}
