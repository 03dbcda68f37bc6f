/** Signing in: by e-mail address and password, or by an access token. Over a page whose session ran out, the page stays below. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useSession } from "../state/context.ts";
import { useAction } from "../state/useAction.ts";
import { Form, Input, rawText, TextArea, textOf } from "../ui/fields.tsx";
import { ProblemBox } from "../ui/parts.tsx";

type Way = "password" | "token";

/** The form; `lapsed` tells that a session has run out. */
export function SignIn({ lapsed }: { readonly lapsed: boolean }) {
  const session = useSession();
  const [way, setWay] = useState<Way>("password");
  const box = useRef<HTMLDivElement>(null);
  const byPassword = useAction(({ email, password }: { email: string; password: string }) =>
    session.signIn(email, password),
  );
  const byToken = useAction((token: string) => session.useToken(token));
  useEffect(() => box.current?.querySelector<HTMLElement>("input, textarea")?.focus(), [way]);
  return (
    <main class="sign-in" ref={box}>
      <h1>
        Stockline <span class="quiet">console</span>
      </h1>
      {lapsed && (
        <p role="status">Your session has run out. Sign in again; the page is kept as it was.</p>
      )}
      <div class="tabs" role="group" aria-label="How to sign in">
        <button type="button" aria-pressed={way === "password"} onClick={() => setWay("password")}>
          E-mail and password
        </button>
        <button type="button" aria-pressed={way === "token"} onClick={() => setWay("token")}>
          Access token
        </button>
      </div>
      {way === "password" ? (
        <Form
          label="Sign in"
          onSubmit={(data) =>
            void byPassword.run({
              email: textOf(data, "email"),
              password: rawText(data, "password"),
            })
          }
        >
          <Input label="E-mail" name="email" type="email" autoComplete="username" required />
          <Input
            label="Password"
            name="password"
            type="password"
            autoComplete="current-password"
            required
          />
          <button type="submit" class="primary" disabled={byPassword.busy}>
            {byPassword.busy ? "Signing in …" : "Sign in"}
          </button>
          <ProblemBox error={byPassword.error} />
        </Form>
      ) : (
        <Form
          label="Sign in with a token"
          onSubmit={(data) => void byToken.run(textOf(data, "token").replace(/^Bearer\s+/i, ""))}
        >
          <TextArea
            label="Access token"
            name="token"
            hint="On this machine: npm run -s stockline -- token --role admin"
          />
          <button type="submit" class="primary" disabled={byToken.busy}>
            {byToken.busy ? "Signing in …" : "Use this token"}
          </button>
          <ProblemBox error={byToken.error} />
        </Form>
      )}
      <p class="quiet small">
        <a href="/docs">API reference</a>
      </p>
    </main>
  );
}
