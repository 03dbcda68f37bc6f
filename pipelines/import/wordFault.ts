/** The sentences of faults that the database found, in the one form of all messages. Pure. */
import { describeFault, type Fault } from "../../domain/errors.ts";
import type { FoundFault, WordedFault } from "./queries/rows.ts";

type Words = Omit<Fault, "thing">;

const EXPECTED: Readonly<Record<string, string>> = {
  unknown_sku: "the SKU of an item",
  unknown_warehouse: "the code of a warehouse",
  unknown_supplier: "the code of a supplier",
  item_archived: "an item that is not archived",
  warehouse_archived: "a warehouse that is not archived",
  lot_not_tracked: "nothing: the item is not tracked by lot or serial number",
  serial_quantity: "1 (for a count 0 or 1): a serial number is one piece",
  supplier_archived: "a supplier that is not archived",
  supplier_item_archived: "an entry that is not archived",
  reorder_policy_archived: "a policy that is not archived",
};

/** Words a fault that the database found. */
export function wordFault(fault: FoundFault): WordedFault {
  return {
    rowNumber: fault.row_number,
    column: fault.column_name,
    code: fault.code,
    detail: describeFault({ thing: fault.column_name, ...wordsOf(fault) }),
    value: fault.value,
  };
}

function wordsOf({ code, value: found, known }: FoundFault): Words {
  if (code.endsWith("_in_use")) return { found, ...boundWords(code, known) }; // of a term; "in_use" is of the item itself
  switch (code) {
    case "duplicate_in_file":
      return { found, expected: `a key that stands once in the file; row ${known} has it already` };
    case "required":
      return { expected: `a quantity, since method is "${known}"` };
    case "below_min":
      return { found, expected: `at least the minimum ${known}` };
    case "currency_mismatch":
      return { found, expected: `the item's currency ${known}` };
    case "sku_confusable":
      return {
        found,
        expected: `an SKU that nobody takes for ${JSON.stringify(known)}: they differ only by case, width or spaces`,
        mend: "use that item, or another SKU",
      };
    case "in_use":
      return {
        found,
        expected: "no stock and no open orders of an item that is archived",
        mend: "settle them first",
      };
    case "unknown_unit":
      return { found, expected: `a unit of the item: ${known}` };
    case "unit_inexact":
      return {
        found,
        expected: `a quantity that 4 decimals of the stock unit hold exactly; the pack holds ${known}`,
      };
    case "out_of_range":
      return { found, expected: `less than 100,000,000,000,000; the pack holds ${known}` };
    default:
      return { found, expected: EXPECTED[code] ?? "another value" };
  }
}

/** What an item has is kept in its terms: they stay. */
function boundWords(code: string, held: string | null): Words {
  if (code === "currency_in_use") {
    return {
      expected: `${held ?? "no currency"}, as it is, once the item has costs`,
      mend: "make another item for another currency",
    };
  }
  return {
    expected: `${JSON.stringify(held)}, as it is, while the item has stock or movements that wait`,
    mend: "bring its stock to zero first",
  };
}
