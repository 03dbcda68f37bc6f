/** The API harness with the routes of imports and, unless told otherwise, the workers that run and apply them. */
import { createProgressWatch } from "../../api/imports/progressWatch.ts";
import { importRoutes } from "../../api/imports/routes.ts";
import { createUploadPace } from "../../api/imports/uploadPace.ts";
import { fileLimitsOf } from "../../platform/fileLimits.ts";
import { createWakeUps } from "../../platform/queues.ts";
import { startApplyWorker } from "../../workers/applyLanes.ts";
import { startImportWorker } from "../../workers/importFile.ts";
import {
  type ApiHarness,
  createApiHarness,
  type HarnessAnswer,
  type HarnessRequest,
} from "./apiHarness.ts";
import { testPersonalData } from "./personalData.ts";
import { waitFor } from "./waitFor.ts";

export interface FileToSend {
  readonly kind: string;
  readonly content: string | Uint8Array;
  /** Default file.csv. */
  readonly name?: string;
  readonly mode?: "dry_run" | "commit";
  readonly on_error?: "skip" | "abort";
  readonly mapping?: object;
  readonly force?: boolean;
}

export interface ImportHarness extends ApiHarness {
  /** Sends a file; answers whatever the API answers. */
  send(file: FileToSend, request?: HarnessRequest): Promise<HarnessAnswer>;
  /** Sends a file, waits for the end of its import and answers it. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read members of answers freely
  importFile(file: FileToSend, request?: HarnessRequest): Promise<any>;
  /** Waits for the end of an import and answers it. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read members of answers freely
  finished(id: string, timeoutMs?: number): Promise<any>;
  /** Levels on hand by "sku/warehouse". */
  stock(): Promise<Record<string, string>>;
}

const OPEN = new Set(["uploaded", "reading", "checking", "applying"]);

/** Builds it; close it in afterAll. */
export async function createImportHarness(
  options: { readonly workers?: boolean; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<ImportHarness> {
  const harness = await createApiHarness({
    env: options.env ?? {},
    routes: ({ db, storage, config, log, lifecycle }) => {
      const redis = { redisUrl: config.REDIS_URL, prefix: config.REDIS_PREFIX, log };
      const wakeUps = createWakeUps({ name: "imports", ...redis });
      lifecycle.onStop("wake-ups", () => wakeUps.close());
      const { S3_BUCKET: bucket } = config;
      const limits = fileLimitsOf(config);
      const pace = createUploadPace(config, lifecycle);
      const progress = createProgressWatch({ db, draining: () => lifecycle.draining });
      lifecycle.onStop("progress streams", () => progress.close());
      const personal = testPersonalData(db);
      return importRoutes({ db, personal, storage, bucket, limits, wakeUps, pace, progress });
    },
  });
  const { context } = harness;
  await context.storage.ensureBucket();
  const workers =
    options.workers === false ? [] : [startApplyWorker(context), startImportWorker(context)];
  const send = (file: FileToSend, request: HarnessRequest = {}) =>
    harness.request("POST", "/v1/imports", { ...request, body: formOf(file) });
  const finished = (id: string, timeoutMs = 90_000) =>
    waitFor(
      `the end of import ${id}`,
      async () => {
        const { body } = await harness.request("GET", `/v1/imports/${id}`);
        return OPEN.has(body.status) ? undefined : body;
      },
      { timeoutMs },
    );
  return {
    ...harness,
    send,
    finished,
    importFile: async (file, request) => {
      const sent = await send(file, request);
      if (sent.status !== 202) throw new Error(`refused: ${JSON.stringify(sent.body)}`);
      return finished(sent.body.id);
    },
    stock: async () => {
      const { rows } = await context.db.query<{ place: string; on_hand: string }>(
        `select i.sku || '/' || w.code as place, trim_scale(s.on_hand)::text as on_hand
         from stock_levels s
         join inventory_items i on i.id = s.item_id
         join warehouses w on w.id = s.warehouse_id
         order by 1`,
      );
      return Object.fromEntries(rows.map((row) => [row.place, row.on_hand]));
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.stop()));
      await harness.close();
    },
  };
}

/** The multipart form of a file, fields first. */
export function formOf(file: FileToSend): FormData {
  const form = new FormData();
  form.set("kind", file.kind);
  if (file.mode !== undefined) form.set("mode", file.mode);
  if (file.on_error !== undefined) form.set("on_error", file.on_error);
  if (file.mapping !== undefined) form.set("mapping", JSON.stringify(file.mapping));
  if (file.force !== undefined) form.set("force", String(file.force));
  const bytes = typeof file.content === "string" ? Buffer.from(file.content) : file.content;
  form.set("file", new Blob([new Uint8Array(bytes)]), file.name ?? "file.csv");
  return form;
}
