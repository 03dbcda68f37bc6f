/** A Kafka client that gets on is left alone; one that does not is found, whatever it still does. */
import { expect, test } from "vitest";
import { KafkaProgress } from "../../platform/kafkaProgress.ts";

function progressAt() {
  let now = 0;
  const progress = new KafkaProgress(100, () => now);
  return {
    progress,
    pass: (ms: number) => {
      now += ms;
    },
  };
}
const state = (partition: number, committed: bigint | undefined, high: bigint) => {
  return { partition, committed, low: 0n, high };
};

test("a client without any sign of life is stuck", () => {
  const { progress, pass } = progressAt();
  pass(90);
  progress.live();
  pass(90);
  expect(progress.stuck()).toBeUndefined();
  pass(11);
  expect(progress.stuck()).toBe("client");
});

test("a partition whose records nobody takes is stuck, though the client lives", () => {
  const { progress, pass } = progressAt();
  progress.assign([0, 1]);
  expect(progress.look([state(0, 5n, 9n), state(1, 3n, 3n), state(2, 0n, 50n)])).toBe(4);
  pass(60);
  progress.live();
  expect(progress.look([state(0, 6n, 9n), state(1, 3n, 4n)])).toBe(4);
  pass(60);
  progress.live();
  progress.look([state(0, 6n, 9n), state(1, 4n, 4n)]);
  expect(progress.stuck()).toBeUndefined();
  pass(60);
  progress.live();
  progress.look([state(0, 6n, 9n), state(1, 4n, 4n)]);
  expect(progress.stuck()).toBe("partition");
});

test("a partition without records, one that is another's, or a rest on purpose is not stuck", () => {
  const { progress, pass } = progressAt();
  progress.assign([0]);
  for (let n = 0; n < 5; n += 1) {
    expect(progress.look([state(0, undefined, 0n), state(1, 0n, 9n)])).toBe(0);
    pass(60);
    progress.live();
  }
  progress.look([state(0, undefined, 7n)]);
  pass(90);
  progress.rest();
  pass(90);
  progress.look([state(0, undefined, 7n)]);
  expect(progress.stuck()).toBeUndefined();
});
