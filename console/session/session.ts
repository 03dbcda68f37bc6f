/**
 * Who is signed in. When the API takes the tokens no more, the session is "lapsed": the page stays as it is behind the sign-in, and goes on
 * after it.
 */
import type { Answer } from "../../client/operations.ts";
import { type Api, createApi, type TokenSource } from "../http/api.ts";
import { Refusal } from "../http/refusal.ts";
import { noteServerTime } from "../state/clock.ts";
import { createKeptTokens, type KeptTokens, tokensOf } from "./keptTokens.ts";
import { readClaims, type Tokens } from "./tokens.ts";

/** What the API says of the bearer. */
export type Me = Answer<"GET /v1/auth/me">;

export interface SessionState {
  /** "starting": kept tokens are being tried. "lapsed": was in, and is no longer taken. */
  readonly status: "starting" | "out" | "in" | "lapsed";
  readonly me: Me | undefined;
  readonly name: string;
  readonly expiresAtMs: number | undefined;
  /** Goes up at each sign-in, so that views ask again. */
  readonly round: number;
}

export interface Session {
  readonly api: Api;
  readonly tokens: TokenSource;
  state(): SessionState;
  subscribe(listener: () => void): () => void;
  /** Signs in by address and password; throws Refusal and Unreached. */
  signIn(email: string, password: string): Promise<void>;
  /** Takes a token as it is. */
  useToken(token: string): Promise<void>;
  /** Throws Unreached where the API could not be told; one is signed in still. */
  signOut(): Promise<void>;
  /** Tries the tokens that were kept, if any. */
  resume(): Promise<void>;
}

const AT_START: SessionState = {
  status: "starting",
  me: undefined,
  name: "",
  expiresAtMs: undefined,
  round: 0,
};
const NOBODY: TokenSource = { bearer: async () => undefined, refused: async () => undefined };

/** Makes the session of this page; `resume` starts it. */
export function createSession(storage: Storage): Session {
  let state = AT_START;
  const listeners = new Set<() => void>();
  const set = (change: Partial<SessionState>): void => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };
  const open = createApi(NOBODY, noteServerTime);
  const kept: KeptTokens = createKeptTokens({
    storage,
    exchange: (token) => open.call("POST /v1/auth/refresh", { body: { refresh_token: token } }),
    onChange: () => set({ expiresAtMs: kept.current()?.expiresAtMs }),
    onLost: () => set({ status: state.status === "in" ? "lapsed" : "out" }),
  });
  const api = createApi(kept, noteServerTime);
  /** Asks who that is before anything is kept. */
  const enter = async (tokens: Tokens): Promise<void> => {
    const their = createApi({ ...NOBODY, bearer: async () => tokens.access }, noteServerTime);
    const me = await their.call("GET /v1/auth/me");
    kept.keep(tokens);
    set({ status: "in", me, name: tokens.name || me.subject, round: state.round + 1 });
  };
  return {
    api,
    tokens: kept,
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    signIn: async (email, password) => {
      const pair = await open.call("POST /v1/auth/login", { body: { email, password } });
      await enter(tokensOf(pair, email));
    },
    useToken: (token) => enter(pasted(token)),
    signOut: async () => {
      if (state.me?.session === true) await endSession(api, kept.current());
      kept.keep(undefined);
      set({ ...AT_START, status: "out", round: state.round });
    },
    resume: async () => {
      const tokens = kept.recall();
      if (tokens === undefined) return set({ status: "out" });
      const me = await api.call("GET /v1/auth/me").catch((thrown: unknown) => {
        if (kept.current() === undefined) return undefined; // told by onLost
        throw thrown;
      });
      if (me === undefined) return;
      set({ status: "in", me, name: tokens.name || me.subject, round: state.round + 1 });
    },
  };
}

/** A token of which nothing else is known; without a readable expiry the API's 401 will tell. */
function pasted(token: string): Tokens {
  const claims = readClaims(token);
  return {
    access: token,
    refresh: undefined,
    expiresAtMs: claims?.expiresAtMs ?? Number.MAX_SAFE_INTEGER,
    name: claims?.subject ?? "",
  };
}

/**
 * Ends it at the API; the refresh token names it even where the access token has expired. A refusal means that it has ended already;
 * throws Unreached, since one that goes on elsewhere is no sign-out.
 */
async function endSession(api: Api, tokens: Tokens | undefined): Promise<void> {
  const body = tokens?.refresh === undefined ? {} : { refresh_token: tokens.refresh };
  await api.call("POST /v1/auth/logout", { body }).catch((thrown: unknown) => {
    if (!(thrown instanceof Refusal)) throw thrown;
  });
}
