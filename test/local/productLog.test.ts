/** What of a product process's log reaches the terminal, and how its readiness is seen. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openProductLog } from "../../local/productLog.ts";
import { waitFor } from "../support/waitFor.ts";
import { temporaryFolder } from "./localFixtures.ts";

test("errors are said in one line, once; the rest goes to the file; readiness is recognised", async () => {
  const file = join(temporaryFolder(), "jobs.log");
  const said: string[] = [];
  let ready = 0;
  const log = openProductLog({
    name: "jobs",
    file,
    readyMessage: "jobs ready",
    onReady: () => {
      ready += 1;
    },
    say: (line) => said.push(line),
  });
  const lines = [
    '{"level":30,"msg":"not jobs ready yet"}',
    '{"level":30,"process":"jobs","msg":"jobs ready"}',
    '{"level":40,"msg":"a warning"}',
    '{"level":50,"msg":"tick failed","err":{"message":"no clock\\nat line 1"}}',
    '{"level":50,"msg":"tick failed","err":{"message":"no clock\\nat line 1"}}',
    '{"level":60,"msg":"out of memory"}',
    '{"level":50,"msg":',
    "plain words",
  ];
  for (const line of lines) log.onLine(line);
  log.close();
  expect(said).toEqual(["jobs: tick failed: no clock", "jobs: out of memory"]);
  expect(ready).toBe(1);
  const text = `${lines.join("\n")}\n`;
  await waitFor("the log file", () => readFileSync(file, "utf8") === text);
});
