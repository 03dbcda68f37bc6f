/** Slots: the minutes at which jobs are due, the same on every scheduler. */
import { getTasks } from "node-cron";
import { expect, test } from "vitest";
import { latestSlot, nextSlot, slotOf } from "../../../pipelines/schedule/cronSlots.ts";
import { DECLARED_JOBS } from "../../../pipelines/schedule/declaredJobs.ts";

const at = (text: string) => new Date(text);

test("the latest slot is at or before the moment", () => {
  const daily = { cron: "0 6 * * *", timeZone: "UTC" };
  expect(latestSlot(daily, at("2026-03-02T06:00:59Z"))).toEqual(at("2026-03-02T06:00:00Z"));
  expect(latestSlot(daily, at("2026-03-02T05:59:59Z"))).toEqual(at("2026-03-01T06:00:00Z"));
});

test("a slot is counted in the time zone of its job", () => {
  const daily = { cron: "0 6 * * *", timeZone: "Europe/Berlin" };
  expect(latestSlot(daily, at("2026-07-01T12:00:00Z"))).toEqual(at("2026-07-01T04:00:00Z"));
  expect(latestSlot(daily, at("2026-01-15T12:00:00Z"))).toEqual(at("2026-01-15T05:00:00Z"));
});

test("no slot within eight days is no slot", () => {
  const yearly = { cron: "0 0 1 1 *", timeZone: "UTC" };
  expect(latestSlot(yearly, at("2026-06-01T00:00:00Z"))).toBeUndefined();
});

test("a tick stands for its minute", () => {
  expect(slotOf(at("2026-03-02T06:00:59.999Z"))).toEqual(at("2026-03-02T06:00:00Z"));
});

test("every declared job has a next slot, and asking leaves no task behind", () => {
  for (const job of DECLARED_JOBS) {
    const next = nextSlot(job);
    expect(next?.getTime(), job.name).toBeGreaterThan(Date.now() - 1_000);
  }
  expect(getTasks().size).toBe(0);
});
