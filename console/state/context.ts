/** What every view can reach: the session and its API, and what the signed-in person may do. */
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Taken } from "../../client/operations.ts";
import type { Api } from "../http/api.ts";
import type { Session, SessionState } from "../session/session.ts";

export const SessionContext = createContext<Session | undefined>(undefined);

/** A permission as the API names it (the scopes of service clients are all of them). */
export type Permission = NonNullable<
  NonNullable<Taken<"PATCH /v1/service-clients/{id}">["body"]>["scopes"]
>[number];

/** The session; the view that asks must be below the provider. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error("no session above this view");
  return session;
}

/** The session's state; the view is drawn anew when it changes. */
export function useSessionState(): SessionState {
  const session = useSession();
  const [state, setState] = useState(session.state());
  useEffect(() => {
    setState(session.state());
    return session.subscribe(() => setState(session.state()));
  }, [session]);
  return state;
}

/** The API with the token of who is signed in. */
export function useApi(): Api {
  return useSession().api;
}

/** Tells what the signed-in person may do, as the API said it. */
export function useMay(): (...permissions: readonly Permission[]) => boolean {
  const { me } = useSessionState();
  return (...permissions) => permissions.some((one) => me?.permissions.includes(one) === true);
}

/** True for who is not limited to warehouses; some routes are for those only. */
export function useSeesAll(): boolean {
  return useSessionState().me?.warehouses === null;
}
