/** Job protect-personal-data: seals what is plain, and seals anew what a replaced key sealed. */
import { createPersonalData, protectPersonalData } from "../pipelines/privacy/index.ts";
import type { JobFunction } from "../pipelines/schedule/index.ts";
import type { Context } from "../platform/context.ts";

/** Makes the job; its rows are those it sealed. */
export function protectPersonalDataJob({
  db,
  keyWrapper,
}: Pick<Context, "db" | "keyWrapper">): JobFunction {
  return async ({ signal }) => {
    // fresh keys each time: a run follows a rotation at once
    const personal = createPersonalData({ db, wrapper: keyWrapper });
    const sealed = await protectPersonalData({ db, personal }, { signal });
    const rows = Object.values(sealed).reduce((sum, count) => sum + count, 0);
    return { rows, outcome: { sealed } };
  };
}
