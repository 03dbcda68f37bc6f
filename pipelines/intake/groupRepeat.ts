/** Whether movements that are known already may be answered as the atomic group that they are sent as. Pure. */
import { ConflictError } from "../../domain/errors.ts";
import type { Acceptance } from "./appendToInbox.ts";

/**
 * Throws ConflictError not_one_group where the repeats did not come as one atomic group: who asked for all or none is never
 * told half. Of those whose group is not kept any more only that much is known: a group is applied or rejected as a whole.
 */
export function refuseApart(acceptances: readonly Acceptance[]): void {
  const repeats = acceptances.flatMap((one) => (one.result === "repeat" ? [one] : []));
  const groups = new Set(repeats.map(({ first }) => first.groupId));
  const isKept = !groups.delete(undefined);
  const isOne = groups.size <= 1 && !groups.has(null);
  const isWhole = isKept || new Set(repeats.map(({ status }) => status)).size <= 1;
  if (isOne && isWhole) return;
  throw new ConflictError({
    code: "not_one_group",
    detail: `the lines of the atomic group were sent before, but not as one group (movement ${repeats[0]?.id} is the first); ask by their ids where they stand, or send the group with new ids`,
  });
}
