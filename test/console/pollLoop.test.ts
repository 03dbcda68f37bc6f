// How the console asks again and again: never twice at once, not while nobody looks, seldom while it fails.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type PollLoop, pollLoop } from "../../console/state/pollLoop.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function setUp(pauseMs: (value: number | undefined) => number | undefined = () => 1_000) {
  const answers: ((value: number | Error) => void)[] = [];
  const seen: (number | string)[] = [];
  const signals: AbortSignal[] = [];
  const page = { isHidden: false, listeners: new Set<() => void>() };
  const loop: PollLoop = pollLoop<number>({
    load: (signal) => {
      signals.push(signal);
      return new Promise((resolve, reject) => {
        answers.push((value) => (value instanceof Error ? reject(value) : resolve(value)));
      });
    },
    pauseMs,
    page: {
      hidden: () => page.isHidden,
      onSeen: (listener) => {
        page.listeners.add(listener);
        return () => page.listeners.delete(listener);
      },
    },
    onStart: () => seen.push("start"),
    onValue: (value) => seen.push(value),
    onError: (thrown) => seen.push(thrown instanceof Error ? thrown.message : "?"),
  });
  const answer = async (value: number | Error) => {
    answers.at(-1)?.(value);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { loop, answer, seen, page, signals, asked: () => answers.length };
}

test("a slow answer is waited for: no second question is asked meanwhile", async () => {
  const { loop, answer, asked } = setUp();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked()).toBe(1);
  loop.now();
  loop.now();
  expect(asked()).toBe(1);
  await answer(1);
  expect(asked()).toBe(2); // one for both that were asked for meanwhile
  loop.stop();
});

test("after an answer it pauses, then asks again", async () => {
  const { loop, answer, seen, asked } = setUp();
  await answer(7);
  await vi.advanceTimersByTimeAsync(999);
  expect(asked()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked()).toBe(2);
  expect(seen).toEqual(["start", 7, "start"]);
  loop.stop();
});

test("nothing is asked while the tab is hidden, and at once when it is seen again", async () => {
  const { loop, answer, page, asked } = setUp();
  page.isHidden = true;
  await answer(1);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(asked()).toBe(1);
  page.isHidden = false;
  for (const listener of page.listeners) listener();
  expect(asked()).toBe(2);
  loop.stop();
});

test("failures double the pause, up to a minute; an answer ends that", async () => {
  const { loop, answer, seen, asked } = setUp();
  for (let count = 0; count < 10; count += 1) {
    await answer(new Error("away"));
    await vi.advanceTimersByTimeAsync(60_000);
  }
  expect(seen.filter((one) => one === "away")).toHaveLength(10);
  await answer(new Error("away"));
  await vi.advanceTimersByTimeAsync(59_999);
  expect(asked()).toBe(11);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked()).toBe(12);
  await answer(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked()).toBe(13);
  loop.stop();
});

test("a loop whose value ends it asks no more, unless it is told to", async () => {
  const { loop, answer, asked } = setUp((value) => (value === 9 ? undefined : 1_000));
  await answer(9);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(asked()).toBe(1);
  loop.now();
  expect(asked()).toBe(2);
  loop.stop();
});

test("a stopped loop gives its question up and says nothing more", async () => {
  const { loop, answer, seen, signals, page } = setUp();
  loop.stop();
  expect(signals[0]?.aborted).toBe(true);
  await answer(1);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(seen).toEqual(["start"]);
  expect(page.listeners.size).toBe(0);
});
