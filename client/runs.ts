/** Work that the platform does later, seen to its end: runs of jobs, and reports. */
import { setTimeout as pause } from "node:timers/promises";
import type { JobRun, Report } from "./answers.ts";
import type { Given, StocklineClient } from "./stocklineClient.ts";

/** How often the state of running work is asked for. */
const POLL_MS = 150;

const OPEN = new Set(["queued", "running"]);

interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Asks for a run of the job; answers at once. */
export function startJob(client: StocklineClient, name: string): Promise<JobRun> {
  return client.call("POST /v1/jobs/{name}/run", { path: { name } });
}

/** Waits for the end of a run, however it ends. */
export function awaitJob(
  client: StocklineClient,
  { name, id }: { readonly name: string; readonly id: string },
  options: WaitOptions = {},
): Promise<JobRun> {
  const path = { name, id };
  return untilClosed(() => client.call("GET /v1/jobs/{name}/runs/{id}", { path }), options);
}

/** Runs a job now and waits for the end of that run. */
export async function runJob(
  client: StocklineClient,
  name: string,
  options: WaitOptions = {},
): Promise<JobRun> {
  const { id } = await startJob(client, name);
  return awaitJob(client, { name, id }, options);
}

/** What a report is asked for with. */
export type ReportRequest = Given<"POST /v1/reports">["body"];

/** Asks for a report; answers at once. */
export function startReport(client: StocklineClient, body: ReportRequest): Promise<Report> {
  return client.call("POST /v1/reports", { body });
}

/** Waits for the end of a report, however it ends; its download_url is then fresh. */
export function awaitReport(
  client: StocklineClient,
  id: string,
  options: WaitOptions = {},
): Promise<Report> {
  return untilClosed(() => client.call("GET /v1/reports/{id}", { path: { id } }), options);
}

async function untilClosed<T extends { readonly status: string }>(
  read: () => Promise<T>,
  { signal }: WaitOptions,
): Promise<T> {
  for (;;) {
    const state = await read();
    if (!OPEN.has(state.status)) return state;
    await pause(POLL_MS, undefined, { signal });
  }
}
