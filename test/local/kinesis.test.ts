/** The embedded Kinesis on a data folder that an earlier stop left half written. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startKinesis } from "../../local/kinesis.ts";
import { temporaryFolder } from "./localFixtures.ts";

test("a saved file that was cut short is dropped with a word, and the emulator starts", async () => {
  const home = temporaryFolder();
  mkdirSync(join(home, "kinesis"));
  writeFileSync(join(home, "kinesis/kinesis-data.json"), '{"streams": {');
  const said: string[] = [];
  const kinesis = await startKinesis({ home, log: (line) => said.push(line) });
  onTestFinished(() => kinesis.stop());
  expect(said).toEqual([
    "The Kinesis emulator's saved streams were cut short and are dropped; sinks can be replayed.",
  ]);
});
