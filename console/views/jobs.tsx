/** Jobs with their schedules and latest runs, and one job's history. */
import type { Row } from "../../client/operations.ts";
import { useApi, useMay } from "../state/context.ts";
import { placeOf } from "../state/place.ts";
import { useAction } from "../state/useAction.ts";
import { usePages } from "../state/usePages.ts";
import { usePolled } from "../state/usePolled.ts";
import { grouped, took, words } from "../ui/format.ts";
import { Panel, PolledPanel } from "../ui/panel.tsx";
import { Age, Fact, Facts, Moment, ProblemBox, Status } from "../ui/parts.tsx";
import { type Column, PagedTable, Table } from "../ui/table.tsx";
import { LastRun } from "./overviewWork.tsx";

type Job = Row<"GET /v1/jobs">;
type Run = Row<"GET /v1/jobs/{name}/runs">;

const EVERY_MS = 5_000;
const RUNNING_MS = 1_000;

/** All jobs. */
export function JobList() {
  const api = useApi();
  const may = useMay();
  const polled = usePolled((signal) => api.call("GET /v1/jobs", { signal }), {
    key: "jobs",
    everyMs: EVERY_MS,
  });
  const columns: readonly Column<Job>[] = [
    {
      title: "Job",
      of: (job) => (
        <>
          <a href={placeOf(["jobs", job.name])}>{job.name}</a>
          <div class="quiet small">{job.description}</div>
        </>
      ),
    },
    { title: "Schedule", of: (job) => <code>{`${job.cron} ${job.time_zone}`}</code> },
    {
      title: "Last run",
      of: ({ last_run: run }) =>
        run === null ? <span class="quiet">not yet run</span> : <LastRun run={run} />,
    },
    { title: "Next", of: (job) => <Moment at={job.next_run_at} /> },
    {
      title: "",
      of: (job) => may("jobs:run") && <RunNow name={job.name} onDone={polled.reload} />,
    },
  ];
  return (
    <>
      <h1 tabIndex={-1}>Jobs</h1>
      <PolledPanel title="All jobs" polled={polled} lines={10}>
        {({ data }) => (
          <Table caption="Jobs" columns={columns} rows={data} keyOf={(job) => job.name} />
        )}
      </PolledPanel>
    </>
  );
}

/** Asks for a run and watches it to its end. */
function RunNow({ name, onDone }: { readonly name: string; readonly onDone: () => void }) {
  const api = useApi();
  const start = useAction(async (job: string, key) => {
    const headers = { "idempotency-key": key };
    const run = await api.call("POST /v1/jobs/{name}/run", { path: { name: job }, headers });
    onDone();
    return run;
  });
  return (
    <>
      <button type="button" disabled={start.busy} onClick={() => void start.run(name)}>
        Run now
      </button>
      {start.result !== undefined && (
        <RunState key={start.result.id} name={name} id={start.result.id} onEnd={onDone} />
      )}
      <ProblemBox error={start.error} />
    </>
  );
}

function RunState({
  name,
  id,
  onEnd,
}: {
  readonly name: string;
  readonly id: string;
  readonly onEnd: () => void;
}) {
  const api = useApi();
  const run = usePolled(
    async (signal) => {
      const value = await api.call("GET /v1/jobs/{name}/runs/{id}", { path: { name, id }, signal });
      if (isOver(value)) onEnd();
      return value;
    },
    {
      key: id,
      everyMs: (value) => (value === undefined || !isOver(value) ? RUNNING_MS : undefined),
    },
  );
  const { value } = run;
  return (
    <p class="small" role="status">
      {value === undefined ? "…" : <Status of={value.status} />}{" "}
      {value !== undefined && value.error !== null && value.error}
    </p>
  );
}

function isOver({ status }: { readonly status: string }): boolean {
  return status !== "queued" && status !== "running";
}

const RUN_COLUMNS: readonly Column<Run>[] = [
  { title: "Asked for", of: (run) => <Moment at={run.created_at} /> },
  { title: "Status", of: (run) => <Status of={run.status} /> },
  {
    title: "Trigger",
    of: (run) => (
      <>
        {run.trigger} <span class="quiet">{run.requested_by}</span>
      </>
    ),
  },
  {
    title: "Took",
    right: true,
    of: (run) => (run.duration_ms === null ? "–" : took(run.duration_ms)),
  },
  { title: "Rows", right: true, of: (run) => (run.rows === null ? "–" : grouped(run.rows)) },
  { title: "Attempts", right: true, of: (run) => grouped(run.attempts) },
  { title: "Outcome", of: (run) => run.error ?? outcomeWords(run.outcome) },
];

/** One job's runs. */
export function JobRuns({ name }: { readonly name: string }) {
  const api = useApi();
  const may = useMay();
  const jobs = usePolled((signal) => api.call("GET /v1/jobs", { signal }), {
    key: name,
    everyMs: EVERY_MS,
  });
  const pages = usePages(
    (cursor, signal) =>
      api.call("GET /v1/jobs/{name}/runs", { path: { name }, query: { cursor }, signal }),
    name,
  );
  const job = jobs.value?.data.find((one) => one.name === name);
  return (
    <>
      <p class="trail">
        <a href={placeOf(["jobs"])}>Jobs</a>
      </p>
      <h1 tabIndex={-1}>{name}</h1>
      <p class="lead">{job?.description ?? "\u00a0"}</p>
      <Panel
        title="Schedule"
        actions={may("jobs:run") && <RunNow name={name} onDone={pages.reload} />}
      >
        <Facts>
          <Fact name="Cron">
            <code>{job === undefined ? "…" : `${job.cron} ${job.time_zone}`}</code>
          </Fact>
          <Fact name="Next run">{job === undefined ? "…" : <Moment at={job.next_run_at} />}</Fact>
          <Fact name="When busy">{job === undefined ? "…" : words(job.when_busy)}</Fact>
          <Fact name="Last run">{job?.last_run ? <Age at={job.last_run.created_at} /> : "…"}</Fact>
        </Facts>
      </Panel>
      <PagedTable
        title="Runs, newest first"
        columns={RUN_COLUMNS}
        pages={pages}
        keyOf={(run) => run.id}
        empty="It has not run yet."
      />
    </>
  );
}

/** An outcome's plain members: "opened 2, recovered 0". */
function outcomeWords(outcome: Run["outcome"]): string {
  return Object.entries(outcome ?? {})
    .filter(([, value]) => typeof value === "number" || typeof value === "string")
    .map(([name, value]) => `${words(name)} ${String(value)}`)
    .join(", ");
}
