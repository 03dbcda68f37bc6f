// The catalogue: unfolds the product families into items with names, costs, prices and barcodes.
// Barcodes start with 20, the range that GS1 keeps for in-house numbers, so none belongs to a
// real product.
import { families } from "./families.mjs";

/**
 * All items, family by family. `pace` (relative demand), `line` (usual quantity of a sales line),
 * `step` (smallest quantity, hundredths) and `pack` (whole units) drive the year; they are not
 * written to the catalogue file.
 */
export function makeItems(random) {
  const items = [];
  for (const family of families) {
    combinations(family.options).forEach((options, at) => {
      items.push(makeItem({ family, options, number: at + 1, serial: items.length + 1, random }));
    });
  }
  return items;
}

function makeItem({ family, options, number, serial, random }) {
  const parts = options.map((option) => option.split("*"));
  const factor = parts.reduce((product, part) => product * Number(part[1] ?? 1), 1);
  const cost = Math.max(0.15, family.cost * factor * random.between(0.97, 1.03));
  return {
    sku: `${family.prefix}-${String(number).padStart(3, "0")}`,
    name: family.name.replace(/\{(\d)\}/g, (_, at) => parts[Number(at)][0]),
    unit: family.unit ?? "each",
    category: family.category,
    barcode: ean13(`2004750${String(serial).padStart(5, "0")}`),
    cost: cost.toFixed(2),
    price: (Math.ceil(cost * family.markup * 10) / 10 - 0.01).toFixed(2),
    currency: "EUR",
    status: "active",
    pace: family.pace * random.between(0.4, 2.2),
    line: family.line,
    step: family.step ?? 100,
    pack: family.pack ?? 1,
  };
}

function combinations(lists) {
  return lists.reduce(
    (made, list) => made.flatMap((left) => list.map((one) => [...left, one])),
    [[]],
  );
}

/** Twelve digits with their EAN-13 check digit (GS1: weights 1 and 3 from the left). */
function ean13(twelveDigits) {
  const sum = [...twelveDigits].reduce(
    (total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3),
    0,
  );
  return `${twelveDigits}${(10 - (sum % 10)) % 10}`;
}
