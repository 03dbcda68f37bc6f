/** A value of the API that is kept fresh: what it is, how old, and what went wrong when it was last asked for. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { serverNow } from "./clock.ts";
import { useSessionState } from "./context.ts";
import { type PageSight, type PollLoop, pollLoop } from "./pollLoop.ts";

export interface Polled<T> {
  /** The latest value; stays when a later question fails. */
  readonly value: T | undefined;
  readonly error: unknown;
  /** When the value was asked for, by the server's clock. */
  readonly asOfMs: number | undefined;
  readonly busy: boolean;
  reload(): void;
}

export interface PollPlan<T> {
  /** Another key is another question: the old value goes. */
  readonly key: string;
  /** Pause between an answer and the next question; undefined: asked once, and when reloaded. */
  readonly everyMs?: number | ((value: T | undefined) => number | undefined) | undefined;
}

interface Held<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  readonly asOfMs: number | undefined;
  readonly busy: boolean;
}

const NOTHING = { value: undefined, error: undefined, asOfMs: undefined, busy: true };

const page: PageSight = {
  hidden: () => document.hidden,
  onSeen: (listener) => {
    const check = (): void => {
      if (!document.hidden) listener();
    };
    document.addEventListener("visibilitychange", check);
    return () => document.removeEventListener("visibilitychange", check);
  },
};

/** Asks by `load` now and as planned, for as long as the view is there. */
export function usePolled<T>(
  load: (signal: AbortSignal) => Promise<T>,
  { key, everyMs }: PollPlan<T>,
): Polled<T> {
  const { round } = useSessionState();
  const [held, setHeld] = useState<Held<T>>(NOTHING);
  const latest = useRef({ load, everyMs });
  latest.current = { load, everyMs };
  const loop = useRef<PollLoop | undefined>(undefined);
  const shown = useRef(key);

  useEffect(() => {
    if (shown.current !== key) setHeld(NOTHING);
    shown.current = key;
    let askedMs = 0;
    loop.current = pollLoop<T>({
      load: (signal) => latest.current.load(signal),
      pauseMs: (value) => pauseOf(latest.current.everyMs, value),
      page,
      onStart: () => {
        askedMs = serverNow();
        setHeld((before) => ({ ...before, busy: true }));
      },
      onValue: (value) => setHeld({ value, error: undefined, asOfMs: askedMs, busy: false }),
      onError: (error) => setHeld((before) => ({ ...before, error, busy: false })),
    });
    return () => loop.current?.stop();
  }, [key, round]);

  const reload = useCallback(() => loop.current?.now(), []);
  return { ...held, reload };
}

function pauseOf<T>(everyMs: PollPlan<T>["everyMs"], value: T | undefined): number | undefined {
  return typeof everyMs === "function" ? everyMs(value) : everyMs;
}
