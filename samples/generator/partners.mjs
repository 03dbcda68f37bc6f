// Warehouses, suppliers, who supplies what, and how each item is reordered.
// Company names, people and numbers are invented; mail addresses use the reserved .example.
import { quantityText } from "./csv.mjs";

export const warehouses = [
  {
    code: "RTM",
    name: "Rotterdam Quay",
    address: "Vierhavensstraat 40, 3029 BE Rotterdam, Netherlands",
    latitude: "51.9102",
    longitude: "4.4356",
    time_zone: "Europe/Amsterdam",
    allow_negative: "false",
    range: 1,
    share: 1,
  },
  {
    code: "LYS",
    name: "Lyon Confluence",
    address: "12 quai Perrache, 69002 Lyon, France",
    latitude: "45.7405",
    longitude: "4.8190",
    time_zone: "Europe/Paris",
    allow_negative: "false",
    range: 0.72,
    share: 0.55,
  },
  {
    code: "LIS",
    name: "Lisbon Alcântara",
    address: "Rua da Cozinha Económica 5, 1300-149 Lisboa, Portugal",
    latitude: "38.7037",
    longitude: "-9.1768",
    time_zone: "Europe/Lisbon",
    allow_negative: "true",
    range: 0.52,
    share: 0.35,
  },
];

const supplierLines = [
  [
    "MAREA",
    "Marea Macchine S.r.l.",
    "Elisa Contarin",
    "Via dei Cantieri 8",
    "Trieste",
    "IT",
    18,
    "Espresso machines|Grinders|Spare parts",
  ],
  [
    "BOREAL",
    "Boreal Brewing Tools Oy",
    "Aino Saarela",
    "Satamakatu 21",
    "Turku",
    "FI",
    14,
    "Kettles|Scales|Pour-over",
  ],
  [
    "KAOLIN",
    "Atelier Kaolin SARL",
    "Benoît Vasseur",
    "4 rue du Four",
    "Limoges",
    "FR",
    12,
    "Cups|Teapots",
  ],
  [
    "PAPYRA",
    "Papyra Filter GmbH",
    "Jana Ohlsen",
    "Mühlenweg 17",
    "Lübeck",
    "DE",
    7,
    "Filter papers|To go",
  ],
  [
    "VITREA",
    "Vitrea Glas d.o.o.",
    "Luka Hrastnik",
    "Steklarska 3",
    "Celje",
    "SI",
    10,
    "Servers|Teapots",
  ],
  [
    "STEELW",
    "Steelworks Albergaria Lda.",
    "Rui Tavares",
    "Rua da Indústria 61",
    "Albergaria",
    "PT",
    9,
    "Milk jugs|Tampers|Tea infusers",
  ],
  [
    "CLARO",
    "Claro Hygiene B.V.",
    "Femke Dijkgraaf",
    "Havenweg 12",
    "Zwolle",
    "NL",
    4,
    "Cleaning|Water treatment",
  ],
  [
    "DOCK5",
    "Dock Five Green Coffee B.V.",
    "Tomas Adeyemi",
    "Kade 5",
    "Rotterdam",
    "NL",
    3,
    "Coffee",
  ],
  [
    "LEAFCO",
    "Leaf & Company Tea Merchants",
    "Orla Finnegan",
    "9 Custom House Lane",
    "Cork",
    "IE",
    8,
    "Tea|Tea infusers",
  ],
  [
    "TUBEX",
    "Tubex Fluidtechnik GmbH",
    "Markus Reiter",
    "Werkstraße 2",
    "Linz",
    "AT",
    6,
    "Hose|Spare parts",
  ],
  [
    "SUCRE",
    "Sirops de la Drôme",
    "Nadia Belkacem",
    "18 chemin des Vergers",
    "Valence",
    "FR",
    5,
    "Syrups|Coffee",
  ],
  [
    "BARGEA",
    "Bar Gear Antwerp NV",
    "Pieter Claes",
    "Noorderlaan 77",
    "Antwerpen",
    "BE",
    5,
    "Tampers|Milk jugs|Scales|To go",
  ],
];

/** The suppliers as they are written, with the categories that each can deliver. */
export const suppliers = supplierLines.map((line, at) => ({
  code: line[0],
  name: line[1],
  contact_name: line[2],
  email: `orders@${line[0].toLowerCase()}.example`,
  phone: `+00 555 01${String(at + 10)}`,
  address: line[3],
  city: line[4],
  country: line[5],
  currency: "EUR",
  lead_time_days: line[6],
  categories: line[7].split("|"),
}));

/** One preferred supplier an item, and for a part of the items a second, dearer one. */
export function makeSupplierItems(items, random) {
  return items.flatMap((item) => {
    const able = suppliers.filter((supplier) => supplier.categories.includes(item.category));
    const second = able.length > 1 && random.chance(0.6) ? [able[1]] : [];
    return [able[0], ...second].map((supplier, at) => supplierItem({ item, supplier, at, random }));
  });
}

function supplierItem({ item, supplier, at, random }) {
  const dearer = at === 0 ? 1 : random.between(1.03, 1.12);
  return {
    supplier: supplier.code,
    sku: item.sku,
    supplier_sku: `${supplier.code.slice(0, 2)}${item.barcode.slice(7, 12)}`,
    unit_cost: (Number(item.cost) * dearer).toFixed(2),
    currency: "EUR",
    moq: item.pack * (random.chance(0.25) ? 2 : 1),
    pack_size: item.pack,
    lead_time_days: supplier.lead_time_days,
    preferred: at === 0 ? "true" : "false",
  };
}

/**
 * The item and warehouse pairs that are stocked, each with its weekly demand (hundredths) and the
 * levels that steer its replenishment; `method` is empty for pairs without a written policy.
 */
export function makePairs(items, random) {
  const weekly = { RTM: 165, LYS: 90, LIS: 55 };
  return warehouses.flatMap((warehouse) => {
    const stocked = items.filter(() => random.chance(warehouse.range));
    const paceSum = stocked.reduce((sum, item) => sum + item.pace, 0);
    return stocked.map((item) => {
      const linesAWeek = (item.pace / paceSum) * weekly[warehouse.code];
      return makePair({ item, warehouse: warehouse.code, linesAWeek, random });
    });
  });
}

function makePair({ item, warehouse, linesAWeek, random }) {
  const demand = linesAWeek * (item.line[0] + (item.line[1] - item.line[0]) / 3);
  const low = Math.ceil(demand * random.between(1.4, 2.1)) + 1;
  const refill = Math.max(2, item.pack, Math.ceil(demand * random.between(5, 9)));
  const drawn = random.next();
  const method = drawn < 0.55 ? "min_max" : drawn < 0.9 ? "reorder_point" : "";
  const packs = Math.ceil(Math.max(refill, low + 1) / item.pack);
  return {
    item,
    warehouse,
    linesAWeek,
    low,
    high: low + refill,
    reorder: packs * item.pack,
    method,
  };
}

/** The rows of reorder_policies.csv: each method fills only its own columns. */
export function policyRows(pairs) {
  const written = pairs.filter((pair) => pair.method !== "");
  return written.map(({ item, warehouse, method, low, high, reorder }) => ({
    sku: item.sku,
    warehouse,
    method,
    reorder_point: method === "reorder_point" ? quantityText(low * 100) : "",
    reorder_quantity: method === "reorder_point" ? quantityText(reorder * 100) : "",
    min: method === "min_max" ? quantityText(low * 100) : "",
    max: method === "min_max" ? quantityText(high * 100) : "",
  }));
}
