/** How the events of a round are cut into calls. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type PlacedRecord, planWaves } from "../../../pipelines/publish/planWaves.ts";
import { recordBytes, type SinkLimits } from "../../../platform/eventSink.ts";

const limitsOf = (over: Partial<SinkLimits>): SinkLimits => ({
  callRecordsMax: 5,
  callBytesMax: 60,
  callsInFlightMax: 1,
  oneRecordPerKey: true,
  ...over,
});

const someRecords = fc
  .array(
    fc.record({ key: fc.constantFrom("a", "b", "c"), size: fc.integer({ min: 0, max: 30 }) }),
    {
      maxLength: 40,
    },
  )
  .map((list) =>
    list.map(
      ({ key, size }, index): PlacedRecord => ({
        lane: key.charCodeAt(0),
        position: index + 1,
        record: { id: String(index), key, type: "t", traceparent: null, body: "x".repeat(size) },
      }),
    ),
  );

test("waves keep the order of each key, and no wave holds a key twice", () => {
  fc.assert(
    fc.property(someRecords, (records) => {
      const waves = planWaves(records, limitsOf({}));
      for (const wave of waves) {
        const keys = wave.flat().map(({ record }) => record.key);
        expect(new Set(keys).size).toBe(keys.length);
      }
      const sent = waves.flat(2);
      expect(sent).toHaveLength(records.length);
      for (const key of ["a", "b", "c"]) {
        const ofKey = (list: readonly PlacedRecord[]) =>
          list.filter(({ record }) => record.key === key);
        expect(ofKey(sent)).toEqual(ofKey(records));
      }
    }),
  );
});

test("a sink whose calls never fail in part gets all records in their order", () => {
  fc.assert(
    fc.property(someRecords, (records) => {
      expect(planWaves(records, limitsOf({ oneRecordPerKey: false })).flat(2)).toEqual(records);
    }),
  );
});

test("calls keep to the limits, save a record that is larger than a call by itself", () => {
  fc.assert(
    fc.property(someRecords, fc.boolean(), (records, oneRecordPerKey) => {
      const limits = limitsOf({ oneRecordPerKey, callBytesMax: 20 });
      for (const call of planWaves(records, limits).flat()) {
        expect(call.length).toBeLessThanOrEqual(limits.callRecordsMax);
        const bytes = call.reduce((sum, { record }) => sum + recordBytes(record), 0);
        expect(bytes <= limits.callBytesMax || call.length === 1).toBe(true);
      }
    }),
  );
});
