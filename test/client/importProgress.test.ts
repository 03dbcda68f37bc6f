/** How far an import is, as a person at a terminal, a log and a program see it. */
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createProgressView, type ProgressForm } from "../../client/importProgress.ts";
import type { ImportState } from "../../client/imports.ts";
import { unchecked } from "../../client/stocklineClient.ts";

/** A view on a stream that claims to be a terminal, and what was written to it. */
function aView(form: ProgressForm) {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 200 });
  const view = createProgressView({ label: "stock.csv", form, stream });
  return { view, text: () => String(stream.read() ?? "") };
}

/** An import with as much of it as a view looks at. */
function aState(over: object = {}): ImportState {
  return unchecked({ id: "i", kind: "items", mode: "commit", status: "reading", ...over });
}

const reading = aState({
  progress: {
    phase: "reading",
    done: 500_000,
    total: 2_000_000,
    unit: "bytes",
    rows_per_second: 34_120,
    seconds_left: 12,
  },
});
const applying = aState({
  status: "applying",
  errors_sample: [{ row: 2, code: "required", value: "" }],
  progress: { phase: "applying", done: 750, total: 1_000, unit: "rows", rows_per_second: 100 },
});

test("a bar tells phase, share, amounts, rate and the time that is left", async () => {
  const { view, text } = aView("bar");
  view.show(reading);
  view.show(applying);
  view.end();
  const shown = text();
  expect(shown).toContain("stock.csv");
  expect(shown).toMatch(/applying\s+█+░+ 75% {2}750 \/ 1,000 rows {2}100 rows\/s/);
});

test("a bar of which nothing is known yet claims nothing", () => {
  const { view, text } = aView("bar");
  view.show(aState({ status: "uploaded" }));
  view.end();
  expect(text()).toMatch(/uploaded\s+░+ 0% {2}0 \/ \?/);
});

test("lines come with each change of status, and none twice", () => {
  const { view, text } = aView("lines");
  view.show(reading);
  view.show(reading);
  view.show(applying);
  view.show(applying);
  view.end();
  expect(text()).toBe(
    "stock.csv: reading, 500,000 of 2,000,000 bytes (34,120 rows/s, 12.0 s left)\nstock.csv: applying, 750 of 1,000 rows (100 rows/s)\n",
  );
});

test("JSON lines carry the figures without the rows", () => {
  const { view, text } = aView("json");
  view.show(applying);
  view.end();
  expect(JSON.parse(text())).toMatchObject({ status: "applying", progress: { done: 750 } });
  expect(text()).not.toContain("errors_sample");
});
