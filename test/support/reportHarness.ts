/** The API harness with the routes of reports and the worker that writes them: ask, wait, download. */
import { parse } from "csv-parse/sync";
import { expect } from "vitest";
import type { Route } from "../../api/http/route.ts";
import { reportRoutes } from "../../api/reports/routes.ts";
import type { Context } from "../../platform/context.ts";
import { createWakeUps } from "../../platform/queues.ts";
import { startExportReportWorker } from "../../workers/exportReport.ts";
import {
  type ApiHarness,
  type ApiHarnessOptions,
  createApiHarness,
  type HarnessAnswer,
  type HarnessRequest,
} from "./apiHarness.ts";
import { waitFor } from "./waitFor.ts";

export interface ReportHarness extends ApiHarness {
  /** POST /v1/reports as an analyst; written anew (Cache-Control: no-cache) unless other headers are given. */
  ask(body: unknown, options?: HarnessRequest): Promise<HarnessAnswer>;
  /** Asks for a report, waits for its end and answers it. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read members of answers freely
  run(body: unknown, options?: HarnessRequest): Promise<any>;
  download(report: { readonly download_url: string }): Promise<Buffer>;
  /** An object of the bucket as text. */
  readText(key: string): Promise<string>;
  stopWorker(): Promise<void>;
  startWorker(): void;
}

interface ReportHarnessOptions extends Pick<ApiHarnessOptions, "env"> {
  /** Further routes beside those of reports. */
  readonly routes?: (context: Context) => Route[];
}

/** Builds it; close it in afterAll. */
export async function createReportHarness(
  options: ReportHarnessOptions = {},
): Promise<ReportHarness> {
  const harness = await createApiHarness({
    ...(options.env === undefined ? {} : { env: options.env }),
    routes: (context) => {
      const { db, storage, clock, config, log, lifecycle } = context;
      const wakeUps = createWakeUps({
        name: "reports",
        redisUrl: config.REDIS_URL,
        prefix: config.REDIS_PREFIX,
        log,
      });
      lifecycle.onStop("wake-ups", () => wakeUps.close());
      return [
        ...reportRoutes({ db, storage, wakeUps, clock }),
        ...(options.routes?.(context) ?? []),
      ];
    },
  });
  let worker: { stop(): Promise<void> } | undefined = startExportReportWorker(harness.context);
  const stopWorker = async () => {
    await worker?.stop();
    worker = undefined;
  };
  const ask = (body: unknown, options: HarnessRequest = {}) =>
    harness.request("POST", "/v1/reports", {
      role: "analyst",
      headers: { "cache-control": "no-cache" },
      body,
      ...options,
    });
  return {
    ...harness,
    ask,
    run: async (body, options = {}) => {
      const asked = await ask(body, options);
      expect(asked).toMatchObject({ status: 202, body: { status: "queued", download_url: null } });
      const path = `/v1/reports/${asked.body.id}`;
      expect(asked.headers.get("location")).toBe(path);
      return waitFor("the report's end", async () => {
        const request = { role: "analyst", ...options, body: undefined } as const;
        const answer = await harness.request("GET", path, request);
        expect(answer.status).toBe(200);
        return answer.body.status === "completed" || answer.body.status === "failed"
          ? answer.body
          : undefined;
      });
    },
    download: async (report) => {
      const response = await fetch(report.download_url);
      expect(response.status).toBe(200);
      return Buffer.from(await response.arrayBuffer());
    },
    readText: async (key) => {
      let text = "";
      for await (const chunk of await harness.context.storage.get(key)) text += String(chunk);
      return text;
    },
    stopWorker,
    startWorker: () => {
      worker = startExportReportWorker(harness.context);
    },
    close: async () => {
      await stopWorker();
      await harness.close();
    },
  };
}

/** The rows of a CSV report by column. */
export function csvRows(file: Buffer): Record<string, string>[] {
  return parse(file, { columns: true, bom: true });
}
