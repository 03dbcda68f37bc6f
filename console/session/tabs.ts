/** What the tabs of one browser settle among themselves: a refresh token is good once, and a duplicated tab has the same one. */

const CHANNEL = "stockline-console";
const REFRESH_LOCK = "stockline-console-refresh";
/** How long a tab that waited for another's refresh waits for its word. */
const WORD_MS = 250;

/** The word of a tab that has refreshed: the token that it used up, and what came of it. */
interface Word {
  readonly from: string;
  readonly tokens: unknown;
}

export interface Tabs {
  tell(word: Word): void;
  /** Runs it while no other tab runs its own; where another one did, its word has been heard before. */
  inTurn<T>(run: () => Promise<T>): Promise<T>;
}

/** Joins the other tabs; `hear` gets what they tell. */
export function joinTabs(hear: (word: Partial<Word>) => void): Tabs {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => hear(Object(data)));
  return {
    tell: (word) => channel.postMessage(word),
    inTurn: async (run) => {
      // Only secure pages (https, this machine) have locks; elsewhere tabs are left to chance.
      if (!("locks" in navigator)) return run();
      let waited = true;
      const { locks } = navigator;
      await locks.request(REFRESH_LOCK, { ifAvailable: true }, (lock) => {
        waited = lock === null;
      });
      return locks.request(REFRESH_LOCK, async () => {
        if (waited) await new Promise((resolve) => setTimeout(resolve, WORD_MS));
        return run();
      });
    },
  };
}
