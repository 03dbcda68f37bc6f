/**
 * Asks again and again, never twice at once: the next question is planned when the last is answered. Nothing is asked while the tab is
 * hidden; failures make the pauses longer.
 */

/** A failing question is asked no more seldom than this. */
const PAUSE_MS_MAX = 60_000;

/** What a loop needs to know of the page. */
export interface PageSight {
  hidden(): boolean;
  onSeen(listener: () => void): () => void;
}

export interface PollOptions<T> {
  readonly load: (signal: AbortSignal) => Promise<T>;
  /** The pause after an answer; undefined ends the loop, until `now` is called. */
  readonly pauseMs: (value: T | undefined) => number | undefined;
  readonly page: PageSight;
  readonly onStart: () => void;
  readonly onValue: (value: T) => void;
  readonly onError: (thrown: unknown) => void;
}

export interface PollLoop {
  /** Asks at once, or right after the question that is under way. */
  now(): void;
  stop(): void;
}

/** Starts asking. */
export function pollLoop<T>(options: PollOptions<T>): PollLoop {
  let stopped = false;
  let underWay: AbortController | undefined;
  let again = false;
  let failures = 0;
  let last: T | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const plan = (): void => {
    const pause = options.pauseMs(last);
    if (pause === undefined || options.page.hidden()) return;
    timer = setTimeout(() => void ask(), Math.min(pause * 2 ** failures, PAUSE_MS_MAX));
  };
  /** Never rejects: what is thrown goes to onError. */
  const ask = async (): Promise<void> => {
    if (stopped) return;
    if (underWay !== undefined) {
      again = true;
      return;
    }
    clearTimeout(timer);
    underWay = new AbortController();
    options.onStart();
    const { signal } = underWay;
    try {
      const value = await options.load(signal);
      last = value;
      failures = 0;
      if (!stopped) options.onValue(value);
    } catch (thrown) {
      failures += 1;
      if (!stopped) options.onError(thrown);
    }
    underWay = undefined;
    if (stopped) return;
    if (!again) return plan();
    again = false;
    await ask();
  };
  const forgetPage = options.page.onSeen(() => {
    if (options.pauseMs(last) !== undefined) void ask();
  });
  void ask();
  return {
    now: () => void ask(),
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      underWay?.abort();
      forgetPage();
    },
  };
}
