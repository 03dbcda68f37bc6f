/** Whatever movements of every type clients post, in whatever batches they are decided: the verification finds the books sound. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { drainLanes } from "../../../pipelines/apply/index.ts";
import { newId } from "../../../platform/clock.ts";
import { createVerifyStage, type VerifyStage } from "../../support/verifyStage.ts";

let stage: VerifyStage;
beforeAll(async () => {
  stage = await createVerifyStage();
});
afterAll(() => stage.close());

const TYPES = [
  ...["receipt", "receipt", "receipt", "issue", "transfer", "adjustment", "count", "return"],
  ...[
    "supplier_return",
    "scrap",
    "hold",
    "unhold",
    "reserve",
    "release",
    "arrival",
    "transit_loss",
  ],
  "reversal",
] as const;

const drawn = fc.record({
  item: fc.constantFrom("plain" as const, "lot" as const, "lot" as const, "serial" as const),
  type: fc.constantFrom(...TYPES),
  quantity: fc.integer({ min: 1, max: 9 }),
  atSouth: fc.boolean(),
  inTransit: fc.boolean(),
  lot: fc.option(fc.integer({ min: 1, max: 4 })),
  /** How far back the movement lies that this one consumes, frees, takes in or reverses. */
  back: fc.nat(12),
  targeted: fc.boolean(),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

interface Past {
  readonly id: string;
  readonly item: Drawn["item"];
  readonly type: Drawn["type"];
  readonly inTransit: boolean;
  readonly atSouth: boolean;
}

/** What a movement of a type is about, where it is about an earlier one. */
const ABOUT: Readonly<Record<string, (one: Past) => boolean>> = {
  issue: (one) => one.type === "reserve",
  release: (one) => one.type === "reserve",
  arrival: (one) => one.inTransit,
  transit_loss: (one) => one.inTransit,
  reversal: () => true,
};
const COMING: readonly string[] = ["arrival", "transit_loss"];

function targetOf({ item, type, targeted, back }: Drawn, past: readonly Past[]): Past | undefined {
  const about = ABOUT[type];
  if (about === undefined || (type === "issue" && !targeted)) return undefined;
  const candidates = past.filter((one) => one.item === item && about(one));
  return candidates.at(-1 - (back % Math.max(1, candidates.length)));
}

/** Where the movement happens: at its target's place, or where its target is on its way to. */
function isAtSouth(drawn: Drawn, target: Past | undefined): boolean {
  if (target === undefined) return drawn.atSouth;
  return COMING.includes(drawn.type) ? !target.atSouth : target.atSouth;
}

function amountOf({ item, type, quantity, lot }: Drawn) {
  return {
    quantity: item === "serial" && type !== "count" ? "1" : String(quantity),
    lotCode: item === "plain" || lot === null ? null : `L-${lot}`,
  };
}

async function acceptOne(movement: Drawn, past: readonly Past[]): Promise<Past> {
  const { item, type } = movement;
  const target = targetOf(movement, past);
  const atSouth = isAtSouth(movement, target);
  const [here, there] = atSouth ? [stage.south, stage.main] : [stage.main, stage.south];
  const inTransit = type === "transfer" && movement.inTransit;
  const [command] = await stage.accept(stage.items[item], [
    {
      type,
      warehouseId: here,
      toWarehouseId: type === "transfer" || COMING.includes(type) ? there : null,
      ...amountOf(movement),
      unitCost: type === "receipt" ? "2.5" : null,
      inTransit,
      targetId: target?.id ?? (type in ABOUT && type !== "issue" ? newId() : null),
    },
  ]);
  return { id: command?.id ?? "", item, type, inTransit, atSouth };
}

/** Accepts the movements in their order. */
async function acceptAll(history: readonly Drawn[]): Promise<void> {
  const past: Past[] = [];
  for (const movement of history) past.push(await acceptOne(movement, past));
}

test("random histories verify without a difference, each part of them and the whole", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(drawn, { minLength: 20, maxLength: 80 }),
      fc.constantFrom(1, 7, 1_000),
      async (history, rowsMax) => {
        await acceptAll(history);
        const lanes = Object.values(stage.items).map((item) => item.lane);
        while ((await drainLanes(stage.db, { lanes, rowsMax })).rows > 0);
        const found = await stage.verify("incremental", { chunkRows: rowsMax });
        expect(found.differences).toEqual([]);
        expect(found.checked.undone).toBe(0);
      },
    ),
    { numRuns: 12, endOnFailure: true },
  );
  const { checked, differences } = await stage.verify();
  expect(differences).toEqual([]);
  for (const count of [checked.lots, checked.reservations, checked.transits, checked.reversals]) {
    expect(count).toBeGreaterThan(0);
  }
}, 120_000);
