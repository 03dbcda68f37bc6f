/** The console as a whole: who is signed in, where one can go, and the view that the address names. */
import { useEffect, useRef } from "preact/hooks";
import type { Session } from "./session/session.ts";
import { SignIn } from "./session/signIn.tsx";
import { SessionContext, useSession, useSessionState } from "./state/context.ts";
import { placeOf } from "./state/place.ts";
import { usePlace } from "./state/route.ts";
import { useAction } from "./state/useAction.ts";
import { Age, ProblemBox, Skeleton } from "./ui/parts.tsx";
import { type Section, useSections } from "./views/sections.tsx";
import { ViewAt } from "./views/viewAt.tsx";

/** The console below its session. */
export function App({ session }: { readonly session: Session }) {
  return (
    <SessionContext.Provider value={session}>
      <Shell />
    </SessionContext.Provider>
  );
}

function Shell() {
  const { status, me } = useSessionState();
  if (status === "starting") return <Starting />;
  if (status === "out") return <SignIn lapsed={false} />;
  return (
    <>
      {status === "lapsed" && (
        <div class="overlay" role="dialog" aria-modal="true" aria-label="Sign in again">
          <SignIn lapsed />
        </div>
      )}
      {/* Another person's page begins anew; one's own stays, with what was typed into it. */}
      <Page key={me?.subject} inert={status === "lapsed"} />
    </>
  );
}

function Starting() {
  const session = useSession();
  const start = useAction(() => session.resume());
  useEffect(() => {
    void start.run(undefined);
  }, []);
  return (
    <main class="sign-in">
      <h1>
        Stockline <span class="quiet">console</span>
      </h1>
      {start.error === undefined ? (
        <Skeleton lines={4} />
      ) : (
        <ProblemBox error={start.error}>
          <button type="button" onClick={() => void start.run(undefined)}>
            Try again
          </button>
        </ProblemBox>
      )}
    </main>
  );
}

function Page({ inert }: { readonly inert: boolean }) {
  const place = usePlace();
  const sections = useSections();
  const main = useRef<HTMLElement>(null);
  const path = place.path.join("/");
  const first = useRef(true);
  useEffect(() => {
    // Who comes by keyboard or hears the page begins at the new view's heading; not at the very first one.
    if (!first.current) main.current?.querySelector("h1")?.focus();
    first.current = false;
    window.scrollTo(0, 0);
  }, [path]);
  const here = place.path[0] ?? "";
  useEffect(() => {
    const name = sections.find((one) => one.path === here)?.title;
    document.title = name === undefined ? "Stockline console" : `${name} · Stockline`;
  }, [here, sections]);
  return (
    <div class="page" inert={inert}>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        To the content
      </a>
      <header class="top">
        <a class="brand" href={placeOf([])}>
          Stockline
        </a>
        <Navigation sections={sections} here={here} />
        <Who />
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <ViewAt key={path} place={place} />
      </main>
    </div>
  );
}

function Navigation({
  sections,
  here,
}: {
  readonly sections: readonly Section[];
  readonly here: string;
}) {
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the sections stand in a line that is longer than the screen.
    const link = nav.current?.querySelector("[aria-current]");
    link?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [here]);
  return (
    <nav aria-label="Console" ref={nav}>
      <ul>
        {sections.map(({ path, title }) => (
          <li key={path}>
            <a
              href={placeOf(path === "" ? [] : [path])}
              aria-current={path === here ? "page" : undefined}
            >
              {title}
            </a>
          </li>
        ))}
        <li>
          <a href="/docs">API</a>
        </li>
      </ul>
    </nav>
  );
}

function Who() {
  const session = useSession();
  const { me, name } = useSessionState();
  const out = useAction(() => session.signOut());
  if (me === undefined) return null;
  return (
    <div class="who">
      <span class="name" title={me.subject}>
        {name}
      </span>
      <span class="quiet">
        {me.roles.join(", ")}
        {me.warehouses !== null && `, limited to ${me.warehouses.join(", ")}`}
      </span>
      <TokenLeft />
      <button
        type="button"
        class="plain"
        disabled={out.busy}
        onClick={() => void out.run(undefined)}
      >
        Sign out
      </button>
      <ProblemBox error={out.error} />
    </div>
  );
}

/** A pasted token ends and is not refreshed; that is said while there is time. */
function TokenLeft() {
  const { me, expiresAtMs } = useSessionState();
  if (me?.session === true || expiresAtMs === undefined) return null;
  if (expiresAtMs >= Number.MAX_SAFE_INTEGER) return null;
  return (
    <span class="quiet small">
      <Age at={expiresAtMs} prefix="token ends in " suffix="" ahead />
    </span>
  );
}
