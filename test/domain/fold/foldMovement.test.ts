/** The stock fold: what applies, what is rejected and with which figures. */
import { describe, expect, test } from "vitest";
import { foldMovement } from "../../../domain/fold/foldMovement.ts";
import { aLevel, aMovement, aState } from "./foldState.ts";

describe("foldMovement", () => {
  test("an issue takes from what is available and names both figures when it can't", () => {
    const level = aLevel({ onHand: 50_000n, reserved: 20_000n, version: 3 });
    const levels = aState(level);
    expect(foldMovement(aMovement({ quantity: 50_000n }), levels)).toEqual({
      status: "rejected",
      code: "insufficient_stock",
      detail: "asked 5, available 3",
    });
    expect(level.version).toBe(3);
    const decision = foldMovement(aMovement({ quantity: 30_000n }), levels);
    expect(decision.status).toBe("applied");
    expect(level).toMatchObject({ onHand: 20_000n, version: 4 });
  });

  test("a warehouse that allows negative stock goes below zero", () => {
    const level = aLevel({ allowNegative: true });
    expect(foldMovement(aMovement(), aState(level)).status).toBe("applied");
    expect(level.onHand).toBe(-10_000n);
  });

  test("a transfer changes both ends or none", () => {
    const from = aLevel({ onHand: 10_000n, averageCost: 2_500_000n });
    const to = aLevel({ warehouseId: "east" });
    const levels = aState(from, to);
    const transfer = aMovement({ type: "transfer", toWarehouseId: "east", quantity: 10_000n });
    const decision = foldMovement(transfer, levels);
    expect(decision).toMatchObject({ status: "applied" });
    expect([from.onHand, to.onHand]).toEqual([0n, 10_000n]);
    expect(to.averageCost).toBe(2_500_000n);
    expect(foldMovement(transfer, levels)).toMatchObject({ code: "insufficient_stock" });
    expect([from.version, to.version]).toEqual([1, 1]);
  });

  test("a count leaves exactly what was counted, and an equal count still makes an entry", () => {
    const level = aLevel({ onHand: 70_000n });
    foldMovement(aMovement({ type: "count", quantity: 50_000n }), aState(level));
    expect(level.onHand).toBe(50_000n);
    const again = foldMovement(aMovement({ type: "count", quantity: 50_000n }), aState(level));
    expect(again).toMatchObject({ status: "applied", entries: [{ quantity: 0n, version: 2 }] });
  });

  test("an adjustment may go down to zero on hand and not below", () => {
    const level = aLevel({ onHand: 50_000n, reserved: 50_000n });
    const down = (quantity: bigint) => aMovement({ type: "adjustment", quantity });
    expect(foldMovement(down(-60_000n), aState(level))).toMatchObject({
      code: "insufficient_stock",
      detail: "asked 6, on hand 5",
    });
    expect(foldMovement(down(-50_000n), aState(level)).status).toBe("applied");
  });

  test("an expected version that is not the level's is a conflict", () => {
    const level = aLevel({ onHand: 50_000n, version: 2 });
    expect(foldMovement(aMovement({ expectedVersion: 1 }), aState(level))).toMatchObject({
      code: "version_conflict",
      detail: "expected version 1, the level is at version 2",
    });
    expect(foldMovement(aMovement({ expectedVersion: 2 }), aState(level)).status).toBe("applied");
  });

  test("a level past its limit is refused, not wrapped", () => {
    const level = aLevel({ onHand: 999_999_999_999_999_999n });
    const receipt = aMovement({ type: "receipt", quantity: 1n });
    expect(foldMovement(receipt, aState(level))).toMatchObject({ code: "level_overflow" });
  });

  test("a count that would change a level by more than the ledger can hold is refused", () => {
    const level = aLevel({ onHand: -900_000_000_000_000_000n, allowNegative: true });
    const count = aMovement({ type: "count", quantity: 900_000_000_000_000_000n });
    expect(foldMovement(count, aState(level))).toEqual({
      status: "rejected",
      code: "level_overflow",
      detail: "the level would change by 180000000000000, the limit is 100000000000000",
    });
    expect(level.version).toBe(0);
  });

  test("a receipt whose average cost would pass what the level can hold is refused", () => {
    const level = aLevel();
    const receipt = (unitCost: bigint) => aMovement({ type: "receipt", unitCost });
    expect(foldMovement(receipt(10_000_000_000_000_000n), aState(level))).toEqual({
      status: "rejected",
      code: "level_overflow",
      detail: "the average cost would be 1000000000000.000000, its limit is 1000000000000.000000",
    });
    expect(level).toMatchObject({ onHand: 0n, averageCost: null, version: 0 });
    expect(foldMovement(receipt(9_999_999_999_999_999n), aState(level)).status).toBe("applied");
  });

  test("receipts with a cost move the average, rounded half up at six decimals", () => {
    const level = aLevel();
    const receive = (quantity: bigint, unitCost: bigint) =>
      foldMovement(aMovement({ type: "receipt", quantity, unitCost }), aState(level));
    receive(100_000n, 20_000n); // 10 at 2.00
    receive(200_000n, 30_000n); // 20 at 3.00
    expect(level.averageCost).toBe(2_666_667n); // 80 / 30
    foldMovement(aMovement({ quantity: 50_000n }), aState(level));
    expect(level.averageCost).toBe(2_666_667n);
  });
});
