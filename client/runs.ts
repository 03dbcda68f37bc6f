/** Work that the platform does later, seen to its end: runs of jobs, and reports. */
import { setTimeout as pause } from "node:timers/promises";
import { type JobRun, jobRun, type Report, report } from "./answers.ts";
import type { StocklineClient } from "./stocklineClient.ts";

/** How often the state of running work is asked for. */
const POLL_MS = 150;

const OPEN = new Set(["queued", "running"]);

interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Asks for a run of the job; answers at once. */
export function startJob(client: StocklineClient, name: string): Promise<JobRun> {
  return client.post(jobRun, `/v1/jobs/${encodeURIComponent(name)}/run`);
}

/** Waits for the end of a run, however it ends. */
export function awaitJob(
  client: StocklineClient,
  { name, id }: { readonly name: string; readonly id: string },
  options: WaitOptions = {},
): Promise<JobRun> {
  const path = `/v1/jobs/${encodeURIComponent(name)}/runs/${id}`;
  return untilClosed(() => client.get(jobRun, path), options);
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

export interface ReportRequest {
  readonly report: string;
  readonly format: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** Asks for a report; answers at once. */
export function startReport(client: StocklineClient, body: ReportRequest): Promise<Report> {
  return client.post(report, "/v1/reports", { body });
}

/** Waits for the end of a report, however it ends; its download_url is then fresh. */
export function awaitReport(
  client: StocklineClient,
  id: string,
  options: WaitOptions = {},
): Promise<Report> {
  return untilClosed(() => client.get(report, `/v1/reports/${id}`), options);
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
