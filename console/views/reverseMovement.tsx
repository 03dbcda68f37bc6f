/** Takes a movement back by a reversing one, and waits for its outcome. */
import { useState } from "preact/hooks";
import { REVERSIBLE_TYPES } from "../../domain/movement.ts";
import { useApi } from "../state/context.ts";
import { placeOf } from "../state/place.ts";
import { Ask } from "../ui/ask.tsx";
import { Input, textOf } from "../ui/fields.tsx";
import { words } from "../ui/format.ts";
import { type MovementOutcome, OutcomeText } from "./movementOutcome.tsx";

/** Types that the API reverses; the rest is mended by what undoes it. */
export const REVERSIBLE: ReadonlySet<string> = new Set(REVERSIBLE_TYPES);

interface ReverseProps {
  readonly id: string;
  readonly type: string;
  readonly onDone: () => void;
}

/** The button, its dialog and the outcome. */
export function ReverseMovement({ id, type, onDone }: ReverseProps) {
  const api = useApi();
  const [outcome, setOutcome] = useState<MovementOutcome | undefined>(undefined);
  if (outcome !== undefined) return <OutcomeText outcome={outcome} />;
  return (
    <Ask
      label="Reverse"
      plain
      tone="danger"
      title={`Reverse this ${words(type)}?`}
      confirm="Reverse it"
      onDone={onDone}
      perform={async (data, key) => {
        const reason = textOf(data, "reason");
        const answer = await api.call("POST /v1/movements/{id}/reverse", {
          path: { id },
          body: reason === "" ? {} : { reason },
          headers: { "idempotency-key": key, prefer: "wait=10" },
        });
        setOutcome(answer.data[0]);
      }}
    >
      <p>
        A new movement takes it back; the ledger keeps both. See{" "}
        <a href={placeOf(["movements", id])}>the movement</a>.
      </p>
      <Input label="Reason" name="reason" hint="Kept with the reversal." />
    </Ask>
  );
}
