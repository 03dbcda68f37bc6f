/** What has changed since a dry run, counted by how, with bounded examples. */
import { expect, test } from "vitest";
import {
  addChanges,
  CHANGES_LISTED_MAX,
  changedSinceOf,
  groupChanges,
  NOTHING_CHANGED,
  showChanges,
} from "../../../pipelines/import/changedSince.ts";

test("rows that fare as foreseen are no change", () => {
  const rows = [{ row: 2, foreseen: "create", now: "create" }];
  expect(showChanges(addChanges(NOTHING_CHANGED, groupChanges(rows)))).toEqual({
    rows: 0,
    rows_now_rejected: 0,
    rows_now_accepted: 0,
    examples: [],
  });
});

test.each([
  ["create", "update", "creates_now_updates"],
  ["update", "unchanged", "updates_now_unchanged"],
  ["unchanged", "update", "unchanged_now_updates"],
  ["create", "item_archived", "rows_now_rejected"],
  ["apply", "already_applied", "rows_now_skipped"],
  ["unknown_sku", "apply", "rows_now_accepted"],
  ["unknown_sku", "item_archived", "rows_rejected_otherwise"],
])("%s that is now %s counts as %s", (foreseen, now, name) => {
  const changes = addChanges(NOTHING_CHANGED, groupChanges([{ row: 7, foreseen, now }]));
  expect(changes.counts).toEqual({ [name]: 1 });
  expect(changes.examples).toEqual([{ row: 7, foreseen, now }]);
});

test("changes add up over many ranges; the count goes on where the examples end", () => {
  let known = changedSinceOf(null);
  for (let range = 0; range < 5; range += 1) {
    const rows = Array.from({ length: 60 }, (_, nth) => ({
      row: range * 60 + nth,
      foreseen: nth % 2 === 0 ? "create" : "update",
      now: "unchanged",
    }));
    known = changedSinceOf(JSON.parse(JSON.stringify(addChanges(known, groupChanges(rows)))));
  }
  expect(known).toMatchObject({
    rows: 300,
    counts: { creates_now_unchanged: 150, updates_now_unchanged: 150 },
  });
  expect(known.examples).toHaveLength(CHANGES_LISTED_MAX);
  expect(known.examples.map(({ row }) => row)).toEqual(known.examples.map((_, nth) => nth));
});
