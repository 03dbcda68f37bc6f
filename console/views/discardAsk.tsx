/** Gives up for good what was taken aside, with a reason that stays with it: letters of both kinds, and movements set aside. */
import { Ask } from "../ui/ask.tsx";
import { Input, textOf } from "../ui/fields.tsx";

/** What the API's discards take beside the path. */
interface Discard {
  readonly body: { readonly reason: string };
  readonly headers: { readonly "idempotency-key": string };
}

interface DiscardProps {
  readonly label: string;
  readonly title: string;
  readonly discard: (request: Discard) => Promise<unknown>;
  readonly onDone: () => void;
}

/** The button and its dialog. */
export function DiscardAsk({ label, title, discard, onDone }: DiscardProps) {
  return (
    <Ask
      label={label}
      tone="danger"
      title={title}
      onDone={onDone}
      perform={(data, key) =>
        discard({ body: { reason: textOf(data, "reason") }, headers: { "idempotency-key": key } })
      }
    >
      <Input label="Reason" name="reason" required />
    </Ask>
  );
}
