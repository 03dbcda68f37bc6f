/** The overview's parts about work under way: imports, and the jobs' latest runs. */
import type { Row } from "../../client/operations.ts";
import { useApi } from "../state/context.ts";
import { placeOf } from "../state/place.ts";
import { usePolled } from "../state/usePolled.ts";
import { counted } from "../ui/format.ts";
import { PolledPanel } from "../ui/panel.tsx";
import { Age, Empty, Status } from "../ui/parts.tsx";

const EVERY_MS = 5_000;
const OPEN = ["uploaded", "reading", "checking", "applying"] as const;
const SHOWN = 10;

/** Imports that are not over. */
export function ImportsPanel() {
  const api = useApi();
  const polled = usePolled(
    async (signal) => {
      const pages = await Promise.all(
        OPEN.map((status) =>
          api.call("GET /v1/imports", { query: { status, limit: SHOWN }, signal }),
        ),
      );
      return pages.flatMap((page) => page.data);
    },
    { key: "imports", everyMs: EVERY_MS },
  );
  return (
    <PolledPanel title="Imports under way" polled={polled}>
      {(imports) =>
        imports.length === 0 ? (
          <Empty>
            None. <a href={placeOf(["imports"])}>Earlier ones</a>
          </Empty>
        ) : (
          <ul class="lines">
            {imports.slice(0, SHOWN).map((one) => (
              <li key={one.id}>
                <a href={placeOf(["imports", one.id])}>{one.file_name}</a>
                <span>
                  <Status of={one.status} /> {percentOf(one)}
                </span>
              </li>
            ))}
          </ul>
        )
      }
    </PolledPanel>
  );
}

function percentOf(one: Row<"GET /v1/imports">): string {
  return one.progress.percent === null ? "" : `${one.progress.percent} %`;
}

/** When each job last ran, and how that ended. */
export function JobsPanel() {
  const api = useApi();
  const polled = usePolled((signal) => api.call("GET /v1/jobs", { signal }), {
    key: "jobs",
    everyMs: EVERY_MS,
  });
  return (
    <PolledPanel title="Jobs" polled={polled} lines={8}>
      {({ data }) => (
        <ul class="lines">
          {data.map(({ name, last_run: run }) => (
            <li key={name}>
              <a href={placeOf(["jobs", name])}>{name}</a>
              <span>
                {run === null ? <span class="quiet">not yet run</span> : <LastRun run={run} />}
              </span>
            </li>
          ))}
        </ul>
      )}
    </PolledPanel>
  );
}

type Run = NonNullable<Row<"GET /v1/jobs">["last_run"]>;

/** A run's state with its age. */
export function LastRun({ run }: { readonly run: Run }) {
  return (
    <>
      <Age at={run.finished_at ?? run.started_at ?? run.created_at} /> <Status of={run.status} />
      {run.rows !== null && run.rows > 0 && (
        <span class="quiet">{` ${counted(run.rows, "row")}`}</span>
      )}
    </>
  );
}
