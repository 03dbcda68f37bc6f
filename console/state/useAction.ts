/**
 * A change that a person asks for: one at a time, with its outcome shown. It is sent under an Idempotency-Key that stays the same until the
 * API has decided, so that sending again after a broken line does nothing twice.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { newKey } from "../http/newKey.ts";
import { isUndecided } from "../http/refusal.ts";

export interface Action<A, R> {
  readonly busy: boolean;
  readonly error: unknown;
  readonly result: R | undefined;
  /** Sends it, unless one is under way; answers whether it went well. Never rejects. */
  run(args: A): Promise<boolean>;
  /** Forgets outcome and failure. */
  clear(): void;
}

interface Outcome<R> {
  readonly busy: boolean;
  readonly error: unknown;
  readonly result: R | undefined;
}

const NOTHING = { busy: false, error: undefined, result: undefined };

/** Wraps a change; `perform` gets the key of the attempt. */
export function useAction<A, R>(perform: (args: A, key: string) => Promise<R>): Action<A, R> {
  const [outcome, setOutcome] = useState<Outcome<R>>(NOTHING);
  const attempt = useRef<{ key: string; content: string } | undefined>(undefined);
  const busy = useRef(false);
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);

  const show = (next: Outcome<R>): void => {
    busy.current = next.busy;
    if (here.current) setOutcome(next);
  };
  const run = async (args: A): Promise<boolean> => {
    if (busy.current) return false;
    const content = JSON.stringify(args) ?? "";
    if (attempt.current?.content !== content) attempt.current = { key: newKey(), content };
    show({ ...NOTHING, busy: true });
    try {
      const result = await perform(args, attempt.current.key);
      attempt.current = undefined;
      show({ ...NOTHING, result });
      return true;
    } catch (error) {
      if (!isUndecided(error)) attempt.current = undefined;
      show({ ...NOTHING, error });
      return false;
    }
  };
  return { ...outcome, run, clear: () => show(NOTHING) };
}
