/** A titled part of a view that shows a polled value: loading, failed, stale or there, always with its age. */
import type { ComponentChildren } from "preact";
import type { Polled } from "../state/usePolled.ts";
import { Age, ProblemBox, Skeleton } from "./parts.tsx";

interface PanelProps {
  readonly title: string;
  readonly actions?: ComponentChildren;
  readonly children?: ComponentChildren;
  readonly wide?: boolean;
}

/** A titled part of a view. */
export function Panel({ title, actions, children, wide }: PanelProps) {
  return (
    <section class={wide === true ? "panel wide" : "panel"} aria-label={title}>
      <header>
        <h2>{title}</h2>
        <div class="panel-actions">{actions}</div>
      </header>
      {children}
    </section>
  );
}

interface PolledPanelProps<T> {
  readonly title: string;
  readonly polled: Polled<T>;
  readonly lines?: number;
  readonly actions?: ComponentChildren;
  readonly children: (value: T) => ComponentChildren;
}

/** The same for a value that is kept fresh. A failure leaves the last value in sight, marked with its age. */
export function PolledPanel<T>({ title, polled, lines, actions, children }: PolledPanelProps<T>) {
  const { value, error, asOfMs } = polled;
  return (
    <Panel
      title={title}
      actions={
        <>
          {actions}
          <Freshness asOfMs={asOfMs} failed={error !== undefined} />
        </>
      }
    >
      {error !== undefined && <ProblemBox error={error} />}
      {value === undefined && error === undefined && <Skeleton lines={lines ?? 3} />}
      {value !== undefined && children(value)}
    </Panel>
  );
}

/** When what is shown was true. */
export function Freshness({
  asOfMs,
  failed,
}: {
  readonly asOfMs: number | undefined;
  readonly failed: boolean;
}) {
  if (asOfMs === undefined) return <span class="age quiet">…</span>;
  return (
    <span class={failed ? "age stale" : "age quiet"}>
      <Age at={asOfMs} prefix={failed ? "stale, as of " : "as of "} />
    </span>
  );
}
