/** The tokens of this page: in memory and in this tab's sessionStorage, nowhere else. Refreshed before they expire, once for all who ask. */
import type { Answer } from "../../client/operations.ts";
import type { TokenSource } from "../http/api.ts";
import { Refusal } from "../http/refusal.ts";
import { serverNow } from "../state/clock.ts";
import { joinTabs } from "./tabs.ts";
import { parseTokens, type Tokens } from "./tokens.ts";

type Pair = Answer<"POST /v1/auth/refresh">;

const KEPT = "stockline.session";
/** A token is refreshed when it has less than this left. */
const REFRESH_BEFORE_MS = 60_000;
/** From this status on a refusal is no verdict on the token: too many requests, or a failure. */
const NO_VERDICT = 429;

export interface KeptTokens extends TokenSource {
  current(): Tokens | undefined;
  keep(tokens: Tokens | undefined): void;
  /** Takes up what this tab kept before it was loaded anew. */
  recall(): Tokens | undefined;
}

interface KeptTokensDeps {
  readonly storage: Storage;
  readonly exchange: (refreshToken: string) => Promise<Pair>;
  /** Told when the tokens change. */
  readonly onChange: () => void;
  /** Told when the API takes them no more; they are gone then. */
  readonly onLost: () => void;
}

/** Makes the keeper of tokens; it has none yet. */
export function createKeptTokens(deps: KeptTokensDeps): KeptTokens {
  let tokens: Tokens | undefined;
  let refreshing: Promise<boolean> | undefined;

  const keep = (next: Tokens | undefined): void => {
    tokens = next;
    if (next === undefined) deps.storage.removeItem(KEPT);
    else deps.storage.setItem(KEPT, JSON.stringify(next));
    deps.onChange();
  };
  const lose = (): void => {
    keep(undefined);
    deps.onLost();
  };
  const tabs = joinTabs((word) => {
    if (tokens?.refresh === undefined || word.from !== tokens.refresh) return;
    const theirs = parseTokens(JSON.stringify(word.tokens ?? null));
    if (theirs !== undefined) keep(theirs);
  });

  /** Answers whether there is a token now that is worth a try. */
  const refresh = (): Promise<boolean> => {
    const before = tokens?.access;
    return tabs.inTurn(async () => {
      if (tokens !== undefined && tokens.access !== before) return true;
      if (tokens?.refresh === undefined) return false;
      const { refresh: from, name } = tokens;
      keep(tokensOf(await deps.exchange(from), name));
      tabs.tell({ from, tokens });
      return true;
    });
  };
  const refreshOnce = (): Promise<boolean> => {
    refreshing ??= refresh()
      .catch((thrown: unknown) => {
        // Only a plain no ends the session; a broken line leaves the tokens that there are.
        if (thrown instanceof Refusal && thrown.status < NO_VERDICT) lose();
        return false;
      })
      .finally(() => {
        refreshing = undefined;
      });
    return refreshing;
  };

  return {
    current: () => tokens,
    keep,
    recall: () => {
      const kept = parseTokens(deps.storage.getItem(KEPT));
      if (kept !== undefined) keep(kept);
      return kept;
    },
    bearer: async () => {
      const leftMs = (tokens?.expiresAtMs ?? 0) - serverNow();
      if (tokens?.refresh !== undefined && leftMs < REFRESH_BEFORE_MS) await refreshOnce();
      return tokens?.access;
    },
    refused: async (bearer) => {
      if (tokens === undefined) return undefined;
      if (tokens.access !== bearer) return tokens.access;
      if (tokens.refresh === undefined) lose();
      else await refreshOnce();
      return currentUnless(tokens, bearer);
    },
  };
}

/** Another token than that one, if there is one. */
function currentUnless(tokens: Tokens | undefined, bearer: string): string | undefined {
  return tokens?.access === bearer ? undefined : tokens?.access;
}

/** The tokens that the API answered, with the name that they were asked for under. */
export function tokensOf({ access_token, refresh_token, expires_in }: Pair, name: string): Tokens {
  const expiresAtMs = serverNow() + expires_in * 1_000;
  return { access: access_token, refresh: refresh_token, expiresAtMs, name };
}
