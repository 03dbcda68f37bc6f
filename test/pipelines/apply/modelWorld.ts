/**
 * The small world that the model test plays in: four items (two plain, one by lot, one by serial number) in three warehouses,
 * and requests drawn by small numbers, so that they collide often and shrink to something readable.
 */
import fc from "fast-check";
import type { MovementType, Tracking } from "../../../domain/movement.ts";
import type { MovementCommand } from "../../../pipelines/intake/index.ts";
import { newId } from "../../../platform/clock.ts";
import type { Db } from "../../../platform/postgres.ts";
import { type SeededItem, seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { toTestCommand } from "../../support/command.ts";

export interface World {
  readonly items: readonly (SeededItem & { readonly tracking: Tracking })[];
  readonly warehouses: readonly string[];
}

const TRACKINGS: readonly Tracking[] = ["none", "none", "lot", "serial"];
let worlds = 0;

/** Inserts items and warehouses of their own for one run; the last warehouse may go below zero. */
export async function makeWorld(db: Db): Promise<World> {
  worlds += 1;
  const name = `W${process.pid}-${worlds}`;
  const items = await seedItems(
    db,
    TRACKINGS.map((tracking, n) => `${name}-${tracking}${n}`),
  );
  const warehouses = [
    ...(await seedWarehouses(db, [`${name}-MAIN`, `${name}-EAST`])),
    ...(await seedWarehouses(db, [`${name}-NEG`], { allowNegative: true })),
  ];
  const tracked = items.map((item, n) => ({ ...item, tracking: TRACKINGS[n] ?? "none" }));
  await db.query({
    text: `
      update inventory_items i set tracking = g.tracking
      from unnest($1::uuid[], $2::text[]) as g (id, tracking) where i.id = g.id`,
    values: [tracked.map(({ id }) => id), tracked.map(({ tracking }) => tracking)],
  });
  return { items: tracked, warehouses };
}

/** What a line may be; some stand for a type with something special about it. */
export const TYPES = [
  ...["receipt", "receipt", "receipt", "receipt", "issue", "issue", "issue", "return", "scrap"],
  ...["supplier_return", "adjustment", "adjustment", "count", "count", "transfer", "transfer"],
  ...["hold", "unhold", "reserve", "reserve", "reserve", "release", "issue_reserved"],
  ...[
    "issue_reserved",
    "ship",
    "ship",
    "arrival",
    "arrival",
    "transit_loss",
    "reversal",
    "reversal",
  ],
] as const;

/** When a reservation lapses, in milliseconds from its making; it may have lapsed before it is decided. */
export const LAPSES = [null, null, -1_000, -1_000, 25, 400, 60_000] as const;

/** One line. `target` counts back through the movements before it that it could refer to. */
const line = fc.record({
  type: fc.constantFrom(...TYPES),
  item: fc.constantFrom<number[]>(0, 0, 1, 2, 2, 2, 3),
  from: fc.constantFrom<number[]>(0, 0, 0, 1, 2),
  to: fc.nat(1),
  quantity: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 9 }) },
    { weight: 1, arbitrary: fc.constantFrom(0.25, 100) },
  ),
  negative: fc.boolean(),
  lot: fc.option(fc.constantFrom<number[]>(0, 0, 1, 1, 2, 3), { freq: 3 }),
  expiry: fc.option(fc.nat(3), { freq: 3 }),
  lapses: fc.constantFrom(...LAPSES),
  target: fc.nat(5),
  expectedVersion: fc.oneof({ weight: 15, arbitrary: fc.constant(null) }, fc.nat(6)),
  countedVersion: fc.option(fc.nat(12), { freq: 2 }),
  day: fc.constantFrom<number[]>(0, 0, 0, 12, 25),
  closedMonth: fc.oneof({ weight: 15, arbitrary: fc.constant(false) }, fc.constant(true)),
});

/**
 * Lines that are sent together; an atomic request applies all of them or none. Another one may be decided by who sends it, as imports do it:
 * by way of the inbox, or with ids that nobody else can have.
 */
const request = fc.record({
  atomic: fc.constantFrom(false, false, false, false, true),
  atOnce: fc.constantFrom<AtOnce[]>("no", "no", "placed", "fresh"),
  lines: fc.array(line, { minLength: 1, maxLength: 12, size: "max" }),
});

type AtOnce = "no" | "placed" | "fresh";
export type Line = typeof line extends fc.Arbitrary<infer T> ? T : never;
export interface Request {
  readonly atomic: boolean;
  readonly atOnce?: AtOnce;
  readonly lines: readonly Line[];
}

/** What several clients send, each one request after the other. */
export const clients = fc.array(fc.array(request, { minLength: 1, maxLength: 5, size: "max" }), {
  minLength: 1,
  maxLength: 4,
  size: "max",
});

/** A line that receives five of a plain item at the first warehouse, and says nothing special. */
export const PLAIN: Line = {
  ...{ type: "receipt", item: 0, from: 0, to: 0, quantity: 5, negative: false },
  ...{ lot: null, expiry: null, lapses: null, target: 0 },
  ...{ expectedVersion: null, countedVersion: null, day: 0, closedMonth: false },
};

/** What the world has to begin with, so that most of what follows can apply. */
export const OPENING: readonly Line[] = [
  { ...PLAIN, quantity: 12 },
  { ...PLAIN, item: 1, quantity: 12 },
  { ...PLAIN, item: 0, from: 1, quantity: 6 },
  ...[0, 1, 2].map((lot) => ({ ...PLAIN, item: 2, lot, quantity: 8, expiry: 0 })),
  { ...PLAIN, item: 2, from: 1, lot: 0, quantity: 8 },
  ...[0, 1].map((lot) => ({ ...PLAIN, item: 3, lot, quantity: 1 })),
];

const SPECIAL: Record<string, MovementType> = { issue_reserved: "issue", ship: "transfer" };
const REFERS_TO: Record<string, readonly string[]> = {
  release: ["reserve"],
  issue_reserved: ["reserve"],
  arrival: ["ship"],
  transit_loss: ["ship"],
  reversal: [...TYPES],
};

/** Movements that later ones may refer to. */
const REMEMBERED_MAX = 64;

/** Turns drawn lines into commands; remembers what it made, so that later lines can refer to it. */
export class CommandMaker {
  readonly #world: World;
  readonly #made: { readonly drawn: Line; readonly command: MovementCommand }[] = [];
  /** The group that is being made. */
  #groupId: string | null = null;

  constructor(world: World) {
    this.#world = world;
  }

  /** The commands of a request. */
  make({ atomic, lines }: Request): MovementCommand[] {
    const groupId = atomic ? newId() : null;
    this.#groupId = groupId;
    return lines.map((drawn) => {
      const command = { ...this.#command(drawn), groupId };
      this.#made.push({ drawn, command });
      if (this.#made.length > REMEMBERED_MAX) this.#made.shift();
      return command;
    });
  }

  #command(drawn: Line): MovementCommand {
    const target = this.#target(drawn);
    const item = this.#world.items[drawn.item];
    if (item === undefined) throw new Error(`there is no item ${drawn.item}`);
    const type = SPECIAL[drawn.type] ?? (drawn.type as MovementType);
    const said = {
      type,
      targetId: REFERS_TO[drawn.type] === undefined ? null : (target?.id ?? newId()),
      quantity: quantityOf(drawn, item.tracking),
      lotCode: lotOf(drawn, item.tracking),
      lotExpiresOn: expiryOf(drawn, item.tracking),
      expiresAt: type === "reserve" ? timeFromNow(drawn.lapses) : null,
      countedVersion: type === "count" ? drawn.countedVersion : null,
      inTransit: drawn.type === "ship",
      expectedVersion: drawn.expectedVersion,
      occurredAt: new Date(Date.UTC(drawn.closedMonth ? 2019 : 2026, 10, 2 + drawn.day)),
    };
    const place = { itemId: item.id, lane: item.lane, ...this.#places(drawn) };
    return toTestCommand({ ...place, ...said, ...placesOfTarget(type, target) });
  }

  #target(drawn: Line): MovementCommand | undefined {
    const types = REFERS_TO[drawn.type] ?? [];
    const isOwnGroup = (one: MovementCommand) =>
      this.#groupId !== null && one.groupId === this.#groupId;
    // a reversal is a request of its own: it never stands in one group with what it takes back
    const fitting = this.#made.filter(
      ({ drawn: made, command }) =>
        types.includes(made.type) && !(drawn.type === "reversal" && isOwnGroup(command)),
    );
    return fitting[fitting.length - 1 - drawn.target]?.command ?? fitting.at(-1)?.command;
  }

  #places({ type, from, to }: Line) {
    const { warehouses } = this.#world;
    const others = warehouses.filter((_, n) => n !== from);
    const isTransfer = type === "transfer" || type === "ship" || type === "arrival";
    return {
      warehouseId: warehouses[from] ?? "",
      toWarehouseId: isTransfer ? (others[to] ?? null) : null,
    };
  }
}

/** What follows from another movement names its places as the API does: an arrival is at the transfer's other end. */
function placesOfTarget(type: MovementType, target: MovementCommand | undefined) {
  if (target === undefined) return {};
  const { itemId, lane, warehouseId, toWarehouseId, quantity, lotCode } = target;
  const back = { itemId, lane, warehouseId: toWarehouseId ?? warehouseId };
  if (type === "arrival") return { ...back, toWarehouseId: warehouseId, lotCode: null };
  if (type === "transit_loss") return { ...back, lotCode };
  if (type === "reversal") {
    return { itemId, lane, warehouseId, toWarehouseId, quantity, lotCode: null };
  }
  return { itemId, lane, warehouseId };
}

function quantityOf({ type, quantity, negative }: Line, tracking: Tracking): string {
  const size = tracking === "serial" && quantity < 7 && type !== "count" ? 1 : quantity;
  if (type === "count" && (negative || tracking === "serial")) return String(Number(negative));
  return String(type === "adjustment" && negative ? -size : size);
}

/** Plain items name a lot once in a while, tracked ones leave it out. */
function lotOf({ lot, target, type }: Line, tracking: Tracking): string | null {
  if (type === "arrival" || type === "reversal") return null;
  if (tracking === "none") return lot === 3 && target === 0 ? "L3" : null;
  return lot === null ? null : `L${lot}`;
}

/** The lots' days are their own, but for a slip now and then. */
function expiryOf({ lot, expiry, target, type }: Line, tracking: Tracking): string | null {
  const comesIn = ["receipt", "return", "count", "adjustment"].includes(type);
  if (tracking !== "lot" || lot === null || expiry === null || !comesIn) return null;
  if (lot === 3) return null;
  return `2026-11-${String((target === 5 ? expiry : lot) * 8 + 5).padStart(2, "0")}`;
}

function timeFromNow(ms: number | null): Date | null {
  return ms === null ? null : new Date(Date.now() + ms);
}
