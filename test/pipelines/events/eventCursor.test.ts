/** Cursors of the event log as text. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeEventCursor, encodeEventCursor } from "../../../pipelines/events/index.ts";

const somePlaces = fc.uniqueArray(
  fc.tuple(fc.integer({ min: 0, max: 271 }), fc.integer({ min: 1, max: 2 ** 53 - 1 })),
  { selector: ([lane]) => lane },
);

describe("a cursor", () => {
  test("reads back as it was written", () => {
    fc.assert(
      fc.property(somePlaces, (places) => {
        const cursor = new Map(places.toSorted(([a], [b]) => a - b));
        expect(decodeEventCursor(encodeEventCursor(cursor))).toEqual(cursor);
      }),
    );
  });

  test("of every lane in the millions fits into 1,500 characters", () => {
    const full = new Map(Array.from({ length: 272 }, (_, lane) => [lane, 2_000_000]));
    expect(encodeEventCursor(full).length).toBeLessThan(1_500);
    expect(encodeEventCursor(new Map()).length).toBeLessThan(50);
  });

  test("that nobody wrote is refused with its reason", () => {
    const whole = encodeEventCursor(new Map([[3, 300]]));
    for (const text of ["", "x", whole.slice(0, -1), `${whole}AA`, "!!!!", "A".repeat(4_000)]) {
      expect(() => decodeEventCursor(text)).toThrow(/is not one that the event log gave/);
    }
  });
});
