/** When a full backlog refuses, when it opens again, and when callers are told to come back. */
import { expect, test } from "vitest";
import { BacklogGate } from "../../../pipelines/backlog/index.ts";

const backlog = { depth: 0, decidedPerSecond: 0 };

function refusalAt(gate: BacklogGate, depth: number, decidedPerSecond = 0): unknown {
  Object.assign(backlog, { depth, decidedPerSecond });
  try {
    gate.check();
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

test("it refuses from its depth on and opens again a twentieth below", () => {
  const gate = new BacklogGate(backlog, 1_000);
  expect(refusalAt(gate, 999)).toBeUndefined();
  expect(refusalAt(gate, 1_000)).toMatchObject({ code: "backlog_full", retriable: true });
  expect(refusalAt(gate, 951)).toMatchObject({ code: "backlog_full" });
  expect(refusalAt(gate, 950)).toBeUndefined();
  expect(refusalAt(gate, 999)).toBeUndefined();
});

test.each([
  ["at the measured rate", 3_000, 205, 10],
  ["at least a second", 1_000, 1_000_000, 1],
  ["at most a minute", 100_000, 10, 60],
  ["a minute where nothing is decided", 1_000, 0, 60],
])("callers come back when the backlog is down again, %s", (_, depth, rate, seconds) => {
  const gate = new BacklogGate(backlog, 1_000);
  const expected = expect.objectContaining({ retryAfterSeconds: seconds });
  expect(refusalAt(gate, depth, rate)).toEqual(expected);
});
