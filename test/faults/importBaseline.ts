/** What imports lead to where nothing happens to them: the state that every fault of theirs is held against. */
import { seedFileItems, stateUnharmed } from "../support/faultedImport.ts";
import type { MadeFile } from "../support/importFaultFiles.ts";
import { type Stage, type StageOptions, withStage } from "./stage.ts";

/** The state that the files lead to, on a stage of its own. */
export async function unbroken(files: readonly MadeFile[]): Promise<string[]> {
  let state: string[] = [];
  await withStage({}, async (stage) => {
    state = await stateUnharmed(stage, files);
  });
  return state;
}

/** A stage with the items that the files name, and no worker unless the options say so. */
export function withFileItems(
  options: StageOptions,
  body: (stage: Stage) => Promise<void>,
): Promise<void> {
  return withStage(options, async (stage) => {
    await seedFileItems(stage.db);
    await body(stage);
  });
}
