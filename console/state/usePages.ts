/** A list that is read page by page, by the API's cursor. */
import { useEffect, useRef, useState } from "preact/hooks";
import { serverNow } from "./clock.ts";
import { useSessionState } from "./context.ts";

interface Page<R> {
  readonly data: readonly R[];
  readonly next_cursor: string | null;
}

export interface Pages<R, P extends Page<R> = Page<R>> {
  readonly rows: readonly R[] | undefined;
  /** The first page as it came, with what it says beside its rows. */
  readonly first: P | undefined;
  readonly error: unknown;
  readonly asOfMs: number | undefined;
  readonly busy: boolean;
  readonly hasMore: boolean;
  more(): void;
  reload(): void;
}

interface Held<R, P> {
  readonly rows: readonly R[] | undefined;
  readonly first: P | undefined;
  readonly cursor: string | null;
  readonly error: unknown;
  readonly asOfMs: number | undefined;
  readonly busy: boolean;
}

const NOTHING = {
  rows: undefined,
  first: undefined,
  cursor: null,
  error: undefined,
  asOfMs: undefined,
  busy: true,
};

/** Reads the first page now; another key is another list. */
export function usePages<R, P extends Page<R>>(
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<P & Page<R>>,
  key: string,
): Pages<R, P> {
  const { round } = useSessionState();
  const [held, setHeld] = useState<Held<R, P>>(NOTHING);
  const [asked, setAsked] = useState(0);
  const underWay = useRef<AbortController | undefined>(undefined);
  const latest = useRef(load);
  latest.current = load;
  const shown = useRef(key);

  /** Never rejects: what is thrown is shown. */
  const read = async (cursor: string | undefined): Promise<void> => {
    underWay.current?.abort();
    const controller = new AbortController();
    underWay.current = controller;
    const askedMs = serverNow();
    setHeld((before) => ({ ...before, busy: true }));
    try {
      const page = await latest.current(cursor, controller.signal);
      if (controller.signal.aborted) return;
      setHeld((before) => ({
        rows: cursor === undefined ? page.data : [...(before.rows ?? []), ...page.data],
        first: cursor === undefined ? page : before.first,
        cursor: page.next_cursor,
        error: undefined,
        asOfMs: cursor === undefined ? askedMs : before.asOfMs,
        busy: false,
      }));
    } catch (error) {
      if (!controller.signal.aborted) setHeld((before) => ({ ...before, error, busy: false }));
    }
  };

  useEffect(() => {
    if (shown.current !== key) setHeld(NOTHING);
    shown.current = key;
    void read(undefined);
    return () => underWay.current?.abort();
  }, [key, round, asked]);

  return {
    ...held,
    hasMore: held.cursor !== null,
    more: () => {
      if (held.cursor !== null && !held.busy) void read(held.cursor);
    },
    reload: () => setAsked((count) => count + 1),
  };
}
