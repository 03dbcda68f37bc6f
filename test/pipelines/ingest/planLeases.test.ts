/** Leases are spread evenly, whatever the start, and nobody steals for nothing. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planLeases } from "../../../pipelines/ingest/planLeases.ts";
import type { LeaseRow } from "../../../pipelines/ingest/queries/checkpoints.ts";

const lease = (n: number, owner: string | null, held = owner !== null): LeaseRow => ({
  shard: `s${n}`,
  checkpoint: "",
  epoch: 1,
  lease_owner: owner,
  held,
});
const namesOf = (rows: readonly LeaseRow[]) => rows.map(({ shard }) => shard);

describe("planLeases", () => {
  test("takes everything where nobody else is alive", () => {
    const leases = [lease(0, null), lease(1, "dead", false), lease(2, null)];
    expect(namesOf(planLeases(leases, "me", new Set()).take)).toEqual(["s0", "s1", "s2"]);
  });

  test("takes again what is its own and nobody reads", () => {
    expect(namesOf(planLeases([lease(0, "me")], "me", new Set()).take)).toEqual(["s0"]);
    expect(planLeases([lease(0, "me")], "me", new Set(["s0"])).take).toEqual([]);
  });

  test("steals one from the richest, and nothing where that would only turn the shares round", () => {
    const two = [lease(0, "a"), lease(1, "a")];
    expect(planLeases(two, "me", new Set())).toEqual({ take: [two[1]], isTheft: true });
    expect(planLeases([lease(0, "a")], "me", new Set()).take).toEqual([]);
  });

  test("spreads any shards over any workers within one of each other, and then rests", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 5 }), (n, workers) => {
        let leases = Array.from({ length: n }, (_, shard) => lease(shard, null));
        const owners = Array.from({ length: workers }, (_, w) => `w${w}`);
        const sharesOf = () =>
          owners.map((me) => leases.filter(({ lease_owner: owner }) => owner === me).length);
        for (let turn = 0; turn < 2 * n + 2; turn += 1) {
          for (const me of owners) {
            const mine = new Set(namesOf(leases.filter((it) => it.lease_owner === me)));
            const taken = new Set(namesOf(planLeases(leases, me, mine).take));
            leases = leases.map((it) =>
              taken.has(it.shard) ? { ...it, lease_owner: me, held: true } : it,
            );
          }
        }
        expect(Math.max(...sharesOf()) - Math.min(...sharesOf())).toBeLessThanOrEqual(1);
        const before = JSON.stringify(leases);
        for (const me of owners) {
          const mine = new Set(namesOf(leases.filter((it) => it.lease_owner === me)));
          expect(planLeases(leases, me, mine).take).toEqual([]);
        }
        expect(JSON.stringify(leases)).toBe(before);
      }),
    );
  });
});
