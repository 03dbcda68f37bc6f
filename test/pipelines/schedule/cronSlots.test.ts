/** Slots of jobs: which one is due now, on time or missed, as the job's declaration says. */
import { expect, test } from "vitest";
import { dueSlot, nextSlot } from "../../../pipelines/schedule/cronSlots.ts";
import { DECLARED_JOBS } from "../../../pipelines/schedule/declaredJobs.ts";

const at = (text: string) => new Date(text);
const daily = { cron: "0 6 * * *", timeZone: "UTC", whenMissed: "latest" } as const;
const careless = { ...daily, whenMissed: "none" } as const;
const eachMinute = { ...daily, cron: "* * * * *" } as const;

const due = (job: Parameters<typeof dueSlot>[0], since: string | undefined, now: string) => {
  const found = dueSlot(job, { since: since === undefined ? undefined : at(since), now: at(now) });
  return found && [found.slot.toISOString(), found.missed ? "missed" : "on time"];
};

test.each([
  ["at its minute", daily, "05:59:55 06:00:00", "on time"],
  ["within the minute", careless, "05:59:55 06:00:50", "on time"],
  ["later than that", daily, "05:59:55 06:05:00", "missed"],
  ["at a start hours later", daily, " 09:00:00", "missed"],
])("a slot seen %s is told so", (_name, job, times, expected) => {
  const [since, now] = times.split(" ").map((time) => `2026-03-02T${time}Z`);
  const from = times.startsWith(" ") ? undefined : since;
  expect(due(job, from, now ?? "")).toEqual(["2026-03-02T06:00:00.000Z", expected]);
});

test.each([
  ["nothing came", daily, "2026-03-02T06:00:00Z", "2026-03-02T06:00:05Z"],
  ["the clock stood still", daily, "2026-03-02T06:00:00Z", "2026-03-02T06:00:00Z"],
  ["the clock went back", eachMinute, "2026-03-02T06:00:00Z", "2026-03-02T04:00:00Z"],
  ["it was missed and is let go", careless, "2026-03-02T05:00:00Z", "2026-03-02T06:05:00Z"],
  ["a start makes up for nothing", careless, undefined, "2026-03-02T09:00:00Z"],
  [
    "no slot lies within eight days",
    { ...daily, cron: "0 0 1 1 *" },
    undefined,
    "2026-06-01T00:00:00Z",
  ],
])("nothing is due where %s", (_name, job, since, now) => {
  expect(due(job, since, now)).toBeUndefined();
});

test("of many minutes only the latest runs", () => {
  expect(due(eachMinute, "2026-03-02T03:00:00Z", "2026-03-02T06:00:10Z")).toEqual([
    "2026-03-02T06:00:00.000Z",
    "on time",
  ]);
});

test("every declared job has a next slot within a day", () => {
  const now = at("2026-03-02T06:00:00Z");
  for (const job of DECLARED_JOBS) {
    const wait = (nextSlot(job, now)?.getTime() ?? Infinity) - now.getTime();
    expect(wait, job.name).toBeGreaterThan(0);
    expect(wait, job.name).toBeLessThanOrEqual(86_400_000);
  }
});
