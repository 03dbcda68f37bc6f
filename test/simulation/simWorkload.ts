/** The small world of a simulated run, and requests drawn from its seed. */
import {
  CommandMaker,
  LAPSES,
  type Line,
  TYPES,
  type World,
} from "../pipelines/apply/modelWorld.ts";
import type { Random } from "../support/faultRun.ts";
import type { CatalogueItem } from "./simStore.ts";

const TRACKINGS = ["none", "none", "lot", "serial", "none"] as const;

export interface SimWorld {
  readonly items: ReadonlyMap<string, CatalogueItem>;
  readonly warehouses: ReadonlyMap<string, { code: string; allowNegative: boolean }>;
  readonly maker: CommandMaker;
}

/** Five items in one to four lanes, three warehouses of which the last may go below zero. */
export function makeSimWorld(random: Random): SimWorld {
  const lanes = random.between(1, 4);
  const items = TRACKINGS.map((tracking, n) => ({
    id: `00000000-0000-7000-9000-00000000000${n}`,
    sku: `SKU-${n}`,
    lane: 40 + random.between(1, lanes),
    tracking,
  }));
  const codes = ["MAIN", "EAST", "NEG"];
  const warehouses = codes.map((_, n) => `00000000-0000-7000-a000-00000000000${n}`);
  const world: World = { items, warehouses };
  return {
    items: new Map(items.map((item) => [item.id, item])),
    warehouses: new Map(
      warehouses.map((id, n) => [id, { code: codes[n] ?? "", allowNegative: n === 2 }]),
    ),
    maker: new CommandMaker(world),
  };
}

/** A request of a client. */
export function drawRequest(random: Random, lineMax: number) {
  const lines = Array.from({ length: random.between(1, lineMax) }, () => drawLine(random));
  return { atomic: random.next() < 0.25, lines };
}

function drawLine(random: Random): Line {
  const maybe = (share: number, most: number) =>
    random.next() < share ? random.between(0, most) : null;
  return {
    type: random.pick(TYPES),
    item: random.between(0, TRACKINGS.length - 1),
    from: random.between(0, 2),
    to: random.between(0, 1),
    quantity: random.next() < 0.1 ? random.pick([0.25, 100]) : random.between(1, 9),
    negative: random.next() < 0.5,
    lot: maybe(0.75, 3),
    expiry: maybe(0.75, 3),
    lapses: random.pick(LAPSES),
    target: random.between(0, 5),
    expectedVersion: maybe(0.05, 40),
    countedVersion: maybe(0.4, 40),
    day: random.pick([0, 0, 0, 12, 25]),
    closedMonth: false,
  };
}
