/** The sentences of faults that the database found, in the one form of all messages. Pure. */
import { describeFault, type Fault } from "../../domain/errors.ts";
import { ORDER_LINES_MAX } from "../purchasing/index.ts";
import { didYouMean } from "./nearest.ts";
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

/** Words a fault that the database found; a near name makes the end of the sentence. */
export function wordFault(fault: FoundFault): WordedFault {
  const near = didYouMean(fault.near);
  const words = { ...wordsOf(fault), ...(near === undefined ? {} : { mend: near }) };
  return {
    rowNumber: fault.row_number,
    column: fault.column_name,
    code: fault.code,
    detail: describeFault({ thing: fault.column_name, ...words }),
    value: fault.value,
  };
}

function wordsOf({ code, value: found, known }: FoundFault): Words {
  if (code.endsWith("_in_use")) return { found, ...boundWords(code, known) }; // of a term; "in_use" is of the item itself
  switch (code) {
    case "duplicate_in_file":
      return { found, expected: `a key that stands once in the file; row ${known} has it already` };
    case "lot_required":
      return {
        expected: `its ${known === "serial" ? "serial number" : "lot"}: the item is tracked by it, and nothing tells which one is meant`,
      };
    case "required":
      return { expected: `a quantity, since method is "${known}"` };
    case "below_min":
      return { found, expected: `at least the minimum ${known}` };
    case "currency_mismatch":
      return { found, expected: `the item's currency ${known}` };
    case "sku_confusable":
      return {
        found,
        expected: `an SKU that nobody takes for ${JSON.stringify(known)}: they differ only by case, width, spaces or look-alike letters`,
        mend: "use that item, or another SKU",
      };
    case "in_use":
      return {
        found,
        expected: "no stock and no open orders of an item that is archived",
        mend: "settle them first",
      };
    default:
      return { found, ...packWords(code, known) };
  }
}

/** Faults of a quantity in a pack's unit; else what orderWords says. */
function packWords(code: string, known: string | null): Omit<Words, "found"> {
  switch (code) {
    case "unknown_unit":
      return { expected: `a unit of the item: ${known}` };
    case "unit_inexact":
      return {
        expected: `a quantity that 4 decimals of the stock unit hold exactly; the pack holds ${known}`,
      };
    case "out_of_range":
      return { expected: `less than 100,000,000,000,000; the pack holds ${known}` };
    default:
      return orderWords(code, known);
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

/** Faults of purchase orders as wholes, and whatever needs no words of its own. */
function orderWords(code: string, known: string | null): Omit<Words, "found"> {
  switch (code) {
    case "order_mismatch":
      return { expected: known ?? "" };
    case "order_incomplete":
      return {
        expected: "an order whose rows are all good: it goes in whole or not at all",
        mend: `mend ${known}`,
      };
    case "order_not_draft":
      return {
        expected: `what is stored: the order is "${known}", and only a draft takes changes from a file`,
        mend: "leave its rows out, or change the order itself",
      };
    case "approval_limit":
      return {
        expected: `draft, or somebody who may approve the order to have the file applied: ${known}`,
      };
    case "order_number_taken":
      return { expected: "a number that no order of another warehouse has" };
    case "too_many_lines":
      return {
        expected: `an order of at most ${ORDER_LINES_MAX.toLocaleString("en")} lines; it would have ${known}`,
        mend: "split it",
      };
    default:
      return { expected: EXPECTED[code] ?? "another value" };
  }
}
