/** Small parts that every view is made of: ages, badges, problems, empty and loading states. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Refusal } from "../http/refusal.ts";
import { onEachSecond, serverNow } from "../state/clock.ts";
import { localTime, shortId, span, words } from "./format.ts";

/** How old something is (or how far ahead), counted on each second; the moment itself is in the title. */
export function Age({ at, prefix = "", suffix = " ago", ahead = false }: AgeProps) {
  const [, tick] = useState(0);
  useEffect(() => onEachSecond(() => tick((count) => count + 1)), []);
  if (at === null || at === undefined) return <span class="quiet">never</span>;
  const ms = typeof at === "number" ? at : Date.parse(at);
  const iso = new Date(ms).toISOString();
  return (
    <time dateTime={iso} title={`${localTime(ms)} (${iso})`}>
      {`${prefix}${span((serverNow() - ms) * (ahead ? -1 : 1))}${suffix}`}
    </time>
  );
}

interface AgeProps {
  readonly at: string | number | null | undefined;
  readonly prefix?: string;
  readonly suffix?: string;
  readonly ahead?: boolean;
}

/** A moment in local time. */
export function Moment({ at }: { readonly at: string | null | undefined }) {
  if (at === null || at === undefined) return <span class="quiet">–</span>;
  return (
    <time dateTime={at} title={at}>
      {localTime(at)}
    </time>
  );
}

/** A state in a word and a tone; the word carries it, the tone only helps. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return <span class={`badge ${tone}`}>{words(children)}</span>;
}

export type Tone = "good" | "bad" | "warn" | "busy" | "plain";

const TONES: Readonly<Record<string, Tone>> = {
  ok: "good",
  ready: "good",
  completed: "good",
  applied: "good",
  received: "good",
  active: "good",
  replayed: "good",
  released: "good",
  closed: "good",
  completed_with_errors: "warn",
  partially_received: "warn",
  half_open: "warn",
  parked: "warn",
  paused: "warn",
  late: "warn",
  skipped: "plain",
  failed: "bad",
  rejected: "bad",
  "not ready": "bad",
  "timed out": "bad",
  open: "bad",
  running: "busy",
  queued: "busy",
  accepted: "busy",
  uploaded: "busy",
  reading: "busy",
  checking: "busy",
  applying: "busy",
};

/** The badge of a status as the API names it. */
export function Status({ of }: { readonly of: string }) {
  return <Badge tone={TONES[of] ?? "plain"}>{of}</Badge>;
}

/** An id, short, with the whole of it in the title and for copying. */
export function Id({ of }: { readonly of: string }) {
  return (
    <code title={of} class="id">
      {shortId(of)}
    </code>
  );
}

/** A failure in the API's own words: title, detail, each fault's place, the request's id. */
export function ProblemBox({ error, children }: ProblemProps) {
  if (error === undefined || error === null) return null;
  const refusal = error instanceof Refusal ? error : undefined;
  const title = refusal?.problem.title ?? "No answer";
  const detail = error instanceof Error ? error.message : "something else than an error was thrown";
  const faults = (refusal?.problem.errors ?? []).filter(
    (fault, _, all) => all.length > 1 || fault.detail !== detail || fault.pointer !== "",
  );
  return (
    <div class="problem" role="alert">
      <p>
        <strong>{title}.</strong> {detail}
      </p>
      {faults.length > 0 && (
        <ul>
          {faults.map((fault) => (
            <li key={`${fault.pointer} ${fault.detail}`}>
              <code>{fault.pointer || "/"}</code> {fault.detail === detail ? "" : fault.detail}
            </li>
          ))}
        </ul>
      )}
      {refusal !== undefined && (
        <p class="quiet small">
          {`${refusal.status} ${refusal.problem.code}`}
          {refusal.requestId !== undefined && (
            <>
              {" · request "}
              <code>{refusal.requestId}</code>
            </>
          )}
        </p>
      )}
      {children}
    </div>
  );
}

interface ProblemProps {
  readonly error: unknown;
  readonly children?: ComponentChildren;
}

/** Lines where rows will be, so that nothing jumps when they come. */
export function Skeleton({ lines = 3 }: { readonly lines?: number }) {
  return (
    <div class="skeleton" aria-busy="true" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} />
      ))}
    </div>
  );
}

/** What a list without rows says. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** Name and value pairs. */
export function Facts({ children }: { readonly children: ComponentChildren }) {
  return <dl class="facts">{children}</dl>;
}

/** One pair. */
export function Fact({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ComponentChildren;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
