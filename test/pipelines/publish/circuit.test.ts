/** When a sink is left alone, and when it is tried again. */
import { expect, test } from "vitest";
import { Circuit } from "../../../pipelines/publish/circuit.ts";

const circuitOf = (random = 1) =>
  new Circuit({ firstMs: 100, maxMs: 1_000, now: () => 0, random: () => random });

test("opens after five failures in a row, and tries one event when the pause is over", () => {
  const circuit = circuitOf();
  const states = Array.from({ length: 5 }, () => {
    circuit.fail();
    return circuit.state;
  });
  expect(states).toEqual(["closed", "closed", "closed", "closed", "open"]);
  circuit.rested();
  expect(circuit.state).toBe("half_open");
  circuit.fail();
  expect(circuit.state).toBe("open");
  circuit.rested();
  circuit.succeed();
  expect(circuit.state).toBe("closed");
});

test("one success between failures keeps it closed", () => {
  const circuit = circuitOf();
  for (let nth = 0; nth < 20; nth += 1) {
    circuit.fail();
    if (nth % 4 === 3) circuit.succeed();
    expect(circuit.state).toBe("closed");
  }
});

test("pauses double up to the most, and half of each is left to chance", () => {
  const longest = circuitOf(1);
  const shortest = circuitOf(0);
  expect([1, 2, 3, 4, 5, 6].map(() => longest.fail())).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  expect([1, 2, 3].map(() => shortest.fail())).toEqual([50, 100, 200]);
});
