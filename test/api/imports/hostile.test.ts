/**
 * The table of bad and hostile files (reliability.md C1 to C12, X1 to X7, U1), sent to a real API and read by a real workers process
 * while good imports run beside them one after another: each gets its answer, the worker lives and stays small, and every good import
 * ends whole.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPool, type DbPool } from "../../../platform/postgres.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import type { HostileCase, Wanted } from "../../support/hostileCase.ts";
import { HOSTILE_LIMITS, TEXT_CASES } from "../../support/hostileText.ts";
import { CALLED_URL, WORKBOOK_CASES } from "../../support/hostileWorkbooks.ts";
import { formOf } from "../../support/importHarness.ts";
import { type Instance, type RunningProcess, startInstance } from "../../support/instance.ts";
import { waitFor } from "../../support/waitFor.ts";

const LIMITS = {
  IMPORT_BYTES_MAX: String(HOSTILE_LIMITS.bytes),
  IMPORT_ROWS_MAX: String(HOSTILE_LIMITS.rows),
};
const GOOD_ROWS = 2_000;
const TIMEOUT_MS = 120_000;

let instance: Instance;
let db: DbPool;
let worker: RunningProcess;
let goodImports: Promise<void>;
let isOver = false;
let goodOnes = 0;
let calls = 0;
let listener: Server;

beforeAll(async () => {
  listener = createServer((_request, response) => {
    calls += 1;
    response.end();
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  CALLED_URL.port = typeof address === "object" && address !== null ? address.port : 0;
  instance = await startInstance({ processes: ["api"], env: LIMITS });
  const url = instance.database.writerUrl;
  db = createPool({ url, applicationName: "test", max: 3, role: "stockline_writer" });
  await seedItems(db, ["BOLT", "NUT", "WASHER"]);
  await seedWarehouses(db, ["MAIN"]);
  worker = await instance.start("workers");
  goodImports = keepImporting();
  goodImports.catch(() => undefined); // told by the last test
}, TIMEOUT_MS);

/** Sends a good file, waits for its end, and sends the next, until the hostile ones are over. */
async function keepImporting(): Promise<void> {
  const lines = "receipt,WASHER,MAIN,1\n".repeat(GOOD_ROWS);
  const content = `type,sku,warehouse,quantity\n${lines}`;
  while (!isOver) {
    const { body } = await send({ kind: "movements", content });
    expect(await ended(body.id)).toMatchObject({
      status: "completed",
      rows_applied: GOOD_ROWS,
      rows_total: GOOD_ROWS,
    });
    goodOnes += 1;
  }
}

afterAll(async () => {
  isOver = true;
  await goodImports.catch(() => undefined);
  await new Promise((resolve) => listener.close(resolve));
  await db.end();
  await instance.stop();
}, TIMEOUT_MS);

async function send(file: Parameters<typeof formOf>[0]) {
  const response = await fetch(`${instance.url}/v1/imports`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await instance.token("admin")}`,
      connection: "close", // one that is kept may be closed at its age just while a large file is made
    },
    body: formOf({ force: true, ...file }),
  });
  // oxlint-disable-next-line typescript/no-explicit-any -- an answer is read freely
  return { status: response.status, body: (await response.json()) as any };
}

describe.each([
  ["text", TEXT_CASES],
  ["workbooks", WORKBOOK_CASES],
])("%s", (_what, cases) => {
  test.each(cases.map((one) => [one.name, one] as const))(
    "%s",
    { timeout: TIMEOUT_MS },
    async (_name, one) => {
      const { kind = "items", file = "rows.csv", mapping } = one;
      const content = one.content();
      const before = startMeasuring(worker.pid);
      const sent = await send({ kind, name: file, content, ...(mapping && { mapping }) });
      await expectAnswer(sent, one.wanted);
      expectUnharmed(one, before);
    },
  );
});

async function expectAnswer(sent: Awaited<ReturnType<typeof send>>, wanted: Wanted): Promise<void> {
  if ("status" in wanted) {
    expect({ status: sent.status, code: sent.body.code }).toEqual(wanted);
    expect(sent.body.detail).not.toBe("");
    return;
  }
  expect(sent.status, JSON.stringify(sent.body)).toBe(202);
  const done = await ended(sent.body.id);
  if ("failed" in wanted) {
    expect({ status: done.status, code: done.error?.code }).toEqual({
      status: "failed",
      code: wanted.failed,
    });
    expect(done.error.detail).toMatch(wanted.detail ?? /[a-z]{3}/);
    expect(done.rows_applied).toBe(0);
  } else await expectRows(done, wanted);
  expect(done.rows_applied + done.rows_rejected + done.rows_skipped).toBe(done.rows_total);
}

async function expectRows(
  // oxlint-disable-next-line typescript/no-explicit-any -- an import's answer is read freely
  done: any,
  { applied, errors = [], rejected = errors.length, stored }: Extract<Wanted, { applied: number }>,
): Promise<void> {
  const found = done.errors_sample.map((one: { row: number; column: string; code: string }) => [
    one.row,
    one.column,
    one.code,
  ]);
  expect(found.slice(0, Math.max(errors.length, rejected > errors.length ? 1 : 9))).toEqual(errors);
  expect({ applied: done.rows_applied, rejected: done.rows_rejected }).toEqual({
    applied,
    rejected,
  });
  if (stored === undefined) return;
  const [statement, rows] = stored;
  expect((await db.query({ text: statement, rowMode: "array" })).rows).toEqual(rows);
}

async function ended(id: string) {
  return waitFor(
    `the end of import ${id}`,
    async () => {
      const { body } = await instance.call("GET", `/v1/imports/${id}`);
      return body.finished_at === null ? undefined : body;
    },
    { timeoutMs: TIMEOUT_MS, intervalMs: 40 },
  );
}

/** The worker is there, was never in trouble, and did not grow past what the case allows; nobody called anybody. */
function expectUnharmed({ growthMiB }: HostileCase, beforeMiB: number): void {
  expect(worker.hasExited()).toBe(false);
  expect(worker.complaints.filter((line) => line.includes("import step failed"))).toEqual([]);
  if (growthMiB !== undefined) {
    expect(memoryOf(worker.pid, "VmHWM") - beforeMiB).toBeLessThan(growthMiB);
  }
  expect(calls, "calls to what an entity names").toBe(0);
}

/** Lets the kernel measure the peak of a process's memory from here on; answers what it has now, in MiB. */
function startMeasuring(pid: number): number {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
  return memoryOf(pid, "VmRSS");
}

/** The memory that the process has, or has had at most, in MiB. */
function memoryOf(pid: number, name: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1_024;
}

describe("U1 a source that is not an object of the bucket", () => {
  test.each([
    "http://127.0.0.1:1/x.csv",
    "https://169.254.169.254/latest/meta-data",
    "http://[::ffff:10.0.0.1]/x",
    "http://0x7f.1/x",
    "file:///etc/passwd",
    "gopher://127.0.0.1/x",
    "s3://another-bucket/x.csv",
    "s3://stockline/../x.csv",
    "s3://stockline/imports/x",
    "s3://stockline/reports/x",
    "//127.0.0.1/x",
  ])("%s", async (source) => {
    const { status, body } = await instance.call("POST", "/v1/imports", {
      body: { kind: "items", source },
    });
    expect({ status, code: body.code }).toEqual({ status: 422, code: "source_refused" });
    expect(calls).toBe(0);
  });
});

test("C9 the same file is recognised, also under another name", async () => {
  const content = "sku,name\nC9-F,a\n";
  const first = await send({ kind: "items", content, name: "a.csv", force: false });
  expect(first.status).toBe(202);
  for (const name of ["a.csv", "b.csv"]) {
    const { status, body } = await send({ kind: "items", content, name, force: false });
    expect({ status, code: body.code, import_id: body.import_id }).toEqual({
      status: 409,
      code: "duplicate_import",
      import_id: first.body.id,
    });
  }
});

test("a file of 4 GB in one cell is cut off at the limit", { timeout: TIMEOUT_MS }, async () => {
  const boundary = "endless";
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="kind"\r\n\r\nitems\r\n--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nsku,name\nA,`;
  const chunk = Buffer.alloc(1_048_576, 97);
  let sentBytes = 0;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(Buffer.from(head)),
    pull: (controller) => {
      sentBytes += chunk.length;
      if (sentBytes > 4 * 1_024 ** 3) controller.close();
      else controller.enqueue(chunk);
    },
  });
  const response = await fetch(`${instance.url}/v1/imports`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await instance.token("admin")}`,
      "content-type": `multipart/form-data; boundary=${boundary}`,
    },
    body,
    duplex: "half",
  });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ code: "file_too_large" });
  expect(sentBytes).toBeLessThan(4 * HOSTILE_LIMITS.bytes);
});

test("every good import beside them has ended whole", { timeout: TIMEOUT_MS }, async () => {
  isOver = true;
  await goodImports;
  expect(goodOnes).toBeGreaterThan(2);
});
