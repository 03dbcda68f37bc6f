/** Fail points: read from text, acting at the passing they were told, and refused outside of tests. */
import { expect, test } from "vitest";
import { readConfig } from "../../platform/config.ts";
import {
  armFailPoints,
  FailPointError,
  failPoint,
  parseFailPoints,
} from "../../platform/failPoints.ts";

const NEEDED = {
  DATABASE_URL: "postgres://writer@127.0.0.1/stockline",
  REDIS_URL: "redis://127.0.0.1",
};

test("the text names places, actions and passings", () => {
  expect(parseFailPoints("apply.after_lock=pause:250@2+,apply.before_commit=kill@3")).toEqual([
    { name: "apply.after_lock", action: "pause", pauseMs: 250, at: 2, onwards: true },
    { name: "apply.before_commit", action: "kill", pauseMs: 0, at: 3, onwards: false },
  ]);
});

test.each(["", "apply.after_lock", "apply.elsewhere=kill@1", "apply.after_lock=burn@1"])(
  "%j is no list of fail points",
  (text) => {
    expect(parseFailPoints(text)).toBeUndefined();
  },
);

test("an armed place acts at the passing that was named, and at no other", () => {
  failPoint("publish.after_cursor");
  armFailPoints("publish.after_cursor=throw@2");
  failPoint("publish.after_cursor");
  expect(() => failPoint("publish.after_cursor")).toThrow(FailPointError);
  failPoint("publish.after_cursor");
});

test.each(["production", "development", undefined])(
  "the configuration refuses them where NODE_ENV is %s",
  (environment) => {
    const env = { ...NEEDED, STOCKLINE_FAIL_POINTS: "apply.after_lock=kill@1" };
    expect(readConfig({ ...env, NODE_ENV: "test" }).NODE_ENV).toBe("test");
    expect(() => readConfig({ ...env, NODE_ENV: environment })).toThrow(
      "STOCKLINE_FAIL_POINTS is set; expected nothing",
    );
  },
);
