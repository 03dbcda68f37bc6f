/** Movements as clients would post them, of every type, drawn at random; some will be rejected, as in life. */
import type { Random } from "./faultRun.ts";

/** One line as the contract names its fields. */
export interface MovementBody {
  readonly id: string;
  readonly type: string;
  readonly sku: string;
  readonly warehouse: string;
  readonly quantity: number;
  readonly to_warehouse?: string;
  readonly lot?: string;
  readonly expires_on?: string;
  readonly unit_cost?: string;
  readonly currency?: string;
  readonly in_transit?: boolean;
  readonly reservation?: string;
  readonly expires_at?: string;
  readonly counted_version?: number;
  readonly occurred_at?: string;
}

export interface MovementKinds {
  readonly random: Random;
  readonly kinds: "plain" | "full";
  readonly skus: {
    readonly plain: readonly string[];
    readonly lot: readonly string[];
    readonly serial: readonly string[];
  };
  readonly warehouses: readonly string[];
  /** Movements that were acknowledged lately, for later ones to refer to. */
  readonly past: {
    readonly reservations: MovementBody[];
    readonly transits: MovementBody[];
    readonly applied: MovementBody[];
  };
}

/** What follows from an earlier movement is posted to an address of that movement's own. */
export interface Consequence {
  readonly path: string;
  readonly body: { readonly id: string };
}

const PLAIN_TYPES = [
  ...Array<string>(6).fill("receipt"),
  ...Array<string>(5).fill("issue"),
  ...["transfer", "transfer", "adjustment", "count", "return", "supplier_return", "scrap"],
];
const FULL_TYPES = [
  ...PLAIN_TYPES,
  ...[
    "hold",
    "unhold",
    "reserve",
    "reserve",
    "reserve",
    "release",
    "issue_reserved",
    "issue_reserved",
  ],
  ...["ship", "ship"],
];
const MS_A_DAY = 86_400_000;

/** An arrival, a loss or a reversal of what was acknowledged lately; undefined where there is nothing of the kind. */
export function makeConsequence(
  { random, past }: MovementKinds,
  id: string,
): Consequence | undefined {
  const kind = random.pick(["arrive", "arrive", "lose", "reverse"]);
  const list = kind === "reverse" ? [...past.applied, ...past.transits] : past.transits;
  if (list.length === 0) return undefined;
  const { id: target, quantity } = random.pick(list);
  if (kind === "reverse") return { path: `/v1/movements/${target}/reverse`, body: { id } };
  const part = random.between(1, quantity);
  const said =
    kind === "arrive" ? { quantity: part } : { losses: [{ quantity: part, reason: "lost" }] };
  return { path: `/v1/movements/${target}/arrive`, body: { id, ...said } };
}

/** A movement under the given id. */
export function makeMovement(world: MovementKinds, id: string): MovementBody {
  const { random, kinds, past } = world;
  const type = random.pick(kinds === "plain" ? PLAIN_TYPES : FULL_TYPES);
  if (type !== "release" && type !== "issue_reserved") return onItem(world, { id, type });
  if (past.reservations.length === 0) return onItem(world, { id, type: "reserve" });
  return fromReservation(world, { id, type });
}

function fromReservation(
  { random, past }: MovementKinds,
  { id, type }: { id: string; type: string },
): MovementBody {
  const { id: reservation, sku, warehouse, quantity } = random.pick(past.reservations);
  return {
    id,
    type: type === "release" ? "release" : "issue",
    sku,
    warehouse,
    quantity: random.between(1, quantity),
    reservation,
  };
}

function onItem(world: MovementKinds, { id, type }: { id: string; type: string }): MovementBody {
  const { random, kinds, skus, warehouses } = world;
  const tracking =
    kinds === "plain"
      ? "plain"
      : random.pick(["plain", "plain", "plain", "lot", "serial"] as const);
  const warehouse = random.pick(warehouses);
  const line = {
    id,
    type: type === "ship" ? "transfer" : type,
    sku: random.pick(skus[tracking]),
    warehouse,
    quantity: tracking === "serial" ? 1 : quantityOf(random, type),
  };
  return { ...line, ...lotOf(random, line, tracking), ...extrasOf(world, type, warehouse) };
}

function quantityOf(random: Random, type: string): number {
  if (type === "adjustment") return random.pick([-3, -2, -1, 1, 2, 3]);
  if (type === "count") return random.between(0, 12);
  if (type === "receipt") return random.between(1, 9);
  return random.between(1, 4);
}

const COMES_IN = ["receipt", "return", "count", "adjustment"];

/** Lots are named for what comes in, and half the time for what goes out, which else takes what expires first. */
function lotOf(
  random: Random,
  { type, quantity }: { type: string; quantity: number },
  tracking: "plain" | "lot" | "serial",
) {
  if (tracking === "plain") return {};
  if (tracking === "serial") return { lot: `S-${random.between(1, 12)}` };
  const number = random.between(1, 6);
  const lot = { lot: `L-${number}` };
  if (COMES_IN.includes(type) && quantity >= 0)
    return { ...lot, ...(number > 1 ? { expires_on: dayOf(number) } : {}) };
  return ["hold", "unhold", "adjustment"].includes(type) || random.next() < 0.5 ? lot : {};
}

/** One lot is past its day, one never expires, the others lie ahead; the day is the lot's own for good. */
function dayOf(number: number): string {
  const days = number === 2 ? -20 : number * 10;
  return new Date(Date.UTC(2026, 10, 20) + days * MS_A_DAY).toISOString().slice(0, 10);
}

function extrasOf({ random, kinds, warehouses }: MovementKinds, type: string, warehouse: string) {
  const others = warehouses.filter((code) => code !== warehouse);
  switch (type) {
    case "transfer":
      return { to_warehouse: random.pick(others) };
    case "ship":
      return { to_warehouse: random.pick(others), in_transit: true };
    case "receipt":
      return random.next() < 0.3 ? { unit_cost: "2.5", currency: "EUR" } : {};
    case "reserve":
      return random.next() < 0.5
        ? { expires_at: new Date(Date.now() + random.between(1_500, 6_000)).toISOString() }
        : {};
    case "count":
      return kinds === "full" && random.next() < 0.3
        ? { counted_version: random.between(0, 30) }
        : {};
    default:
      return {};
  }
}
