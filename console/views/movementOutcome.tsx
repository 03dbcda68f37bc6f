/** What became of a movement, in words. */
import type { Answer } from "../../client/operations.ts";
import { placeOf } from "../state/place.ts";
import { grouped } from "../ui/format.ts";
import { Status } from "../ui/parts.tsx";

export type MovementOutcome = Answer<"POST /v1/movements">["data"][number];

/** Status, balance after it, or why not. */
export function OutcomeText({ outcome }: { readonly outcome: MovementOutcome }) {
  return (
    <span class="outcome" role="status">
      <Status of={outcome.status} /> {sentenceOf(outcome)}{" "}
      <a href={placeOf(["movements", outcome.id])}>Movement</a>
    </span>
  );
}

function sentenceOf({
  status,
  balance_after: after,
  version,
  code,
  detail,
}: MovementOutcome): string {
  if (status === "applied") {
    return `On hand is ${grouped(after ?? "?")} now (version ${version ?? "?"}).`;
  }
  if (status === "rejected") return `${code ?? ""}: ${detail ?? ""}`;
  return "Accepted, and kept whatever happens; its outcome is not there yet.";
}
