/** A data folder for backends of a test's own, below that of the run and gone with it. */
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { testBackends } from "./backends.ts";

/** Makes one; `name` says what for. */
export function temporaryHome(name: string): string {
  return mkdtempSync(join(testBackends().home, `${name}-`));
}
