/** A button for what can't be taken back: asks first, in a dialog that keyboards and readers know, and shows the API's refusal in it. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useAction } from "../state/useAction.ts";
import { Form } from "./fields.tsx";
import { ProblemBox } from "./parts.tsx";

interface AskProps {
  /** What the button says. */
  readonly label: string;
  readonly title: string;
  readonly children?: ComponentChildren;
  /** The tone of the button that does it. */
  readonly tone?: "danger" | "primary";
  readonly disabled?: boolean;
  readonly plain?: boolean;
  readonly confirm?: string;
  /** Does it; the form holds the fields that are `children`. */
  readonly perform: (data: FormData, key: string) => Promise<unknown>;
  readonly onDone?: () => void;
}

/** The button and, while it asks, its dialog. */
export function Ask(props: AskProps) {
  const [asking, setAsking] = useState(false);
  const { label, tone = "primary", plain, disabled } = props;
  return (
    <>
      <button
        type="button"
        class={plain === true ? "plain" : tone}
        disabled={disabled}
        onClick={() => setAsking(true)}
      >
        {label}
      </button>
      {asking && <Dialog {...props} onClose={() => setAsking(false)} />}
    </>
  );
}

function Dialog(props: AskProps & { readonly onClose: () => void }) {
  const { label, title, children, tone = "primary", confirm, perform, onDone, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const data = useRef(new FormData());
  const action = useAction((_content: readonly (readonly string[])[], key) =>
    perform(data.current, key),
  );
  useEffect(() => dialog.current?.showModal(), []);
  const submit = async (given: FormData): Promise<void> => {
    data.current = given;
    const content = [...given].map(([name, value]) => [
      name,
      typeof value === "string" ? value : value.name,
    ]);
    if (!(await action.run(content))) return;
    dialog.current?.close();
    onDone?.();
  };
  return (
    <dialog ref={dialog} aria-label={title} onClose={onClose}>
      <Form label={title} onSubmit={(given) => void submit(given)}>
        <h2>{title}</h2>
        {children}
        <ProblemBox error={action.error} />
        <div class="buttons">
          <button type="submit" class={tone} disabled={action.busy}>
            {action.busy ? "Working …" : (confirm ?? label)}
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            Back
          </button>
        </div>
      </Form>
    </dialog>
  );
}
