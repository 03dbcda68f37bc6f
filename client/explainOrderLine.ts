/** The working of a generated order line in plain words. Pure text. */
import type { OrderLine } from "./answers.ts";

const SUPPLIER_CHOICES: Readonly<Record<string, string>> = {
  preferred: "the preferred supplier",
  only_supplier: "the only supplier",
  lowest_cost: "the cheapest supplier",
};

/**
 * Tells how a generated line came to its quantity, e.g. `3 on hand, minimum 3: at or below it; up to
 * the maximum 8 needs 5; in packs of 1, at least 1: 5 of KET-005 from BOREAL, the preferred supplier`.
 * Undefined where the line keeps no working.
 */
export function explainOrderLine(
  line: Pick<OrderLine, "sku" | "quantity" | "explanation">,
): string | undefined {
  const working = line.explanation;
  if (working === null || working === undefined) return undefined;
  const figure = (name: string): string | undefined => {
    const value = working[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
  };
  const choice = SUPPLIER_CHOICES[figure("supplier_choice") ?? ""];
  const from = choice === undefined ? "" : ` from ${figure("supplier") ?? "?"}, ${choice}`;
  return (
    `${positionWords(figure)}; ${needWords(figure)}; packs of ${figure("pack_size") ?? "1"}, ` +
    `at least ${figure("moq") ?? "1"}: ${line.quantity} of ${line.sku}${from}`
  );
}

type Figure = (name: string) => string | undefined;

/** What is there or will be; figures that are zero are left out. */
function positionWords(figure: Figure): string {
  const parts = [`${figure("on_hand") ?? "0"} on hand`];
  const more = { reserved: "reserved", on_order: "on order", drafted: "drafted" };
  for (const [name, word] of Object.entries({ ...more, in_transit: "in transit" })) {
    const value = figure(name) ?? "0";
    if (value !== "0") parts.push(`${value} ${word}`);
  }
  return parts.join(", ");
}

/** Each method in its own words; forecasts name their method. */
function needWords(figure: Figure): string {
  const need = figure("need") ?? "?";
  if (figure("method") === "min_max") {
    return `minimum ${figure("min") ?? "?"}, maximum ${figure("max") ?? "?"}, so ${need} needed`;
  }
  const point = `reorder point ${figure("reorder_point") ?? "?"}`;
  const by = figure("reorder_quantity");
  if (by !== undefined) return `${point}, reordered by ${by}, so ${need} needed`;
  const upTo = `${point}, up to ${figure("order_up_to") ?? "?"}`;
  const daily = figure("daily_demand");
  const demand = daily === undefined ? "" : ` at a demand of ${daily} a day`;
  return `${upTo}${demand}, so ${need} needed`;
}
