/** Gathered reads: one call a turn, shared misses, and no sharing of what may be outdated. */
import { describe, expect, test } from "vitest";
import { gatherReads } from "../../platform/gatherReads.ts";

/** A read whose calls are answered by hand. */
function aRead() {
  const calls: { keys: readonly string[]; answer: (value: string) => void; fail: () => void }[] =
    [];
  const read = (keys: readonly string[]) =>
    new Promise<Map<string, string>>((resolve, reject) => {
      calls.push({
        keys,
        answer: (value) => resolve(new Map(keys.map((key) => [key, value]))),
        fail: () => reject(new Error("away")),
      });
    });
  return { calls, read };
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("gathered reads", () => {
  test("of one turn are one call, and each caller gets its own keys", async () => {
    const { calls, read } = aRead();
    const gathered = gatherReads(read);
    const first = gathered.read(["a", "b"]);
    const second = gathered.read(["b", "c"]);
    await nextTurn();
    expect(calls.map((call) => call.keys)).toEqual([["a", "b", "c"]]);
    calls[0]?.answer("1");
    expect([...(await first).keys()]).toEqual(["a", "b"]);
    expect([...(await second).keys()]).toEqual(["b", "c"]);
  });

  test("join a read of the same key that is on its way", async () => {
    const { calls, read } = aRead();
    const gathered = gatherReads(read);
    const first = gathered.read(["a"]);
    await nextTurn();
    const second = gathered.read(["a"]);
    await nextTurn();
    expect(calls).toHaveLength(1);
    calls[0]?.answer("1");
    expect([(await first).get("a"), (await second).get("a")]).toEqual(["1", "1"]);
  });

  test("join none that began before, when fresh or detached", async () => {
    const { calls, read } = aRead();
    const gathered = gatherReads(read);
    const old = gathered.read(["a"]);
    await nextTurn();
    const fresh = gathered.read(["a"], { fresh: true });
    await nextTurn();
    gathered.detach();
    const detached = gathered.read(["a"]);
    await nextTurn();
    expect(calls).toHaveLength(3);
    calls.forEach((call, nth) => call.answer(String(nth)));
    const values = await Promise.all([old, fresh, detached]);
    expect(values.map((value) => value.get("a"))).toEqual(["0", "1", "2"]);
  });

  test("fail together, and the next read begins anew", async () => {
    const { calls, read } = aRead();
    const gathered = gatherReads(read);
    const both = [gathered.read(["a"]), gathered.read(["b"])];
    await nextTurn();
    calls[0]?.fail();
    for (const failed of both) await expect(failed).rejects.toThrow("away");
    const again = gathered.read(["a"]);
    await nextTurn();
    calls[1]?.answer("2");
    expect((await again).get("a")).toBe("2");
  });

  test("are cut at the most keys of a call", async () => {
    const { calls, read } = aRead();
    const gathered = gatherReads(read, 2);
    const answer = gathered.read(["a", "b", "c", "d", "e"]);
    await nextTurn();
    expect(calls.map((call) => call.keys.length)).toEqual([2, 2, 1]);
    for (const call of calls) call.answer("x");
    expect((await answer).size).toBe(5);
  });
});
