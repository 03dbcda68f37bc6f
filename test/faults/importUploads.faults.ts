/** Faults on the way in: the API dies or is stopped while a file comes, and the same file comes more than once, also at the same time. */
import { request } from "node:http";
import { expect } from "vitest";
import {
  anyPoint,
  endLease,
  expectSameEnd,
  finished,
  killWorkerAt,
  sendFile,
  sendGood,
} from "../support/faultedImport.ts";
import { fault } from "../support/faultRun.ts";
import { asCsv, itemTable, type MadeFile, movementTable } from "../support/importFaultFiles.ts";
import type { RunningProcess } from "../support/instance.ts";
import { waitFor } from "../support/waitFor.ts";
import { unbroken, withFileItems } from "./importBaseline.ts";
import type { Stage } from "./stage.ts";

fault(
  [
    "F37c",
    "the API is killed while a file comes, and between its storing and its import; the file is sent again, and at the same time by two",
  ],
  async (run) => {
    const files = Array.from({ length: run.times(6) }, (_, n) =>
      asCsv(movementTable(run.random, 1_000 + n)),
    );
    const wanted = await unbroken(files);
    await withFileItems({ processes: [] }, async (stage) => {
      const worker = await stage.instance.start("workers");
      const second = await stage.instance.start("api");
      const secondUrl = `http://127.0.0.1:${second.port}`;
      for (const file of files) {
        const dying = await stage.instance.start("api", {
          STOCKLINE_FAIL_POINTS: "import.before_insert=kill@1",
        });
        const half = await sendHalf(stage, file);
        await expect(sendFile(stage, file)).rejects.toThrow("fetch failed");
        await waitFor("the API to die", () => dying.hasExited());
        expect(await half.answer, "the answer to half a file").toBe("none");
        run.count("kills");
        await stage.instance.start("api");
        expect(await importsOf(stage)).toBe(files.indexOf(file));
        const id = await sendByTwo(stage, file, secondUrl);
        run.count("sent by two at once");
        await finished(stage.db, id);
        const again = await sendFile(stage, file, { url: secondUrl });
        expect(again).toMatchObject({
          status: 409,
          body: { code: "duplicate_import", import_id: id, import_url: `/v1/imports/${id}` },
        });
      }
      await worker.stop();
      await expectSameEnd(stage.db, wanted);
    });
  },
  { timeoutMs: 1_800_000 },
);

async function importsOf({ db }: Stage): Promise<number> {
  const { rows } = await db.query<{ n: number }>({ text: "select count(*) as n from imports" });
  return rows[0]?.n ?? 0;
}

/** Sends the file through two APIs at once, as two users; one import comes of it, whose id the other answer names. */
async function sendByTwo(stage: Stage, file: MadeFile, otherUrl: string): Promise<string> {
  const answers = await Promise.all([
    sendFile(stage, file),
    sendFile(stage, file, { url: otherUrl, token: await stage.instance.token("operator") }),
    sendFile(stage, file, { url: otherUrl }),
    sendFile(stage, file, { token: await stage.instance.token("operator") }),
  ]);
  const taken = answers.filter(({ status }) => status === 202);
  expect(taken, JSON.stringify(answers.map(({ body }) => body))).toHaveLength(1);
  const id: string = taken[0]?.body.id;
  for (const { status, body } of answers.filter((answer) => answer.status !== 202)) {
    expect({ status, code: body.code, import_id: body.import_id }).toEqual({
      status: 409,
      code: "duplicate_import",
      import_id: id,
    });
  }
  return id;
}

interface HalfSent {
  /** Status and Retry-After of the answer; "none" where the connection ended without one. */
  readonly answer: Promise<string>;
}

/** Sends the first half of a form with the file, and no more. */
async function sendHalf({ instance }: Stage, file: MadeFile): Promise<HalfSent> {
  const boundary = "half-of-a-form";
  const head = [
    `--${boundary}`,
    'content-disposition: form-data; name="kind"',
    "",
    file.kind,
    `--${boundary}`,
    `content-disposition: form-data; name="file"; filename="${file.name}"`,
    "",
    "",
  ].join("\r\n");
  const sent = request(`${instance.url}/v1/imports`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await instance.token("admin")}`,
      "content-type": `multipart/form-data; boundary=${boundary}`,
      "content-length": String(head.length + file.content.length + 200),
    },
  });
  const answer = new Promise<string>((resolve) => {
    sent.on("error", () => resolve("none"));
    sent.on("response", (response) => {
      response.resume();
      resolve(`${response.statusCode} ${response.headers["retry-after"] ?? "no retry-after"}`);
    });
  });
  const half = file.content.subarray(0, file.content.length / 2);
  await new Promise<void>((resolve) => {
    sent.write(head);
    sent.write(half, () => resolve());
  });
  return { answer };
}

fault(
  [
    "F27b",
    "an API gets SIGTERM while a file comes: it ends with status 0 in time, and no import comes of it",
  ],
  async (run) =>
    withFileItems({ processes: ["workers"] }, async (stage) => {
      const file = asCsv(itemTable(run.random, 20_000));
      for (let tries = 0; tries < run.times(3); tries += 1) {
        const api = await stage.instance.start("api");
        const half = await sendHalf(stage, file);
        await stopInTime(api);
        expect(await half.answer).toMatch(/^(none$|503 \d)/);
        expect(await importsOf(stage)).toBe(0);
        run.count("stops");
      }
      await stage.instance.start("api");
      const state = await finished(stage.db, await sendGood(stage, file));
      expect(state.rows_total).toBe(file.rows);
    }),
  { timeoutMs: 1_800_000 },
);

/** SIGTERM; the process ends by itself within its grace (SHUTDOWN_GRACE_SECONDS). */
async function stopInTime(api: RunningProcess): Promise<void> {
  process.kill(api.pid, "SIGTERM");
  await waitFor("the API to end", () => api.hasExited(), { timeoutMs: 25_000 });
  expect(await api.exited).toEqual({ code: 0, signal: null });
}

fault(
  [
    "F37j",
    "the API is killed while it puts a direct upload together, and workers die while they fetch and import its file",
  ],
  async (run) => {
    const files = Array.from({ length: run.times(2) }, (_, n) =>
      asCsv(movementTable(run.random, 6_000 + n)),
    );
    const wanted = await unbroken(files);
    await withFileItems({ processes: [] }, async (stage) => {
      for (const file of files) {
        const dying = await stage.instance.start("api", {
          STOCKLINE_FAIL_POINTS: `import.before_insert=kill@${run.random.between(1, 2)}`,
        });
        const upload = await sendDirect(stage, file);
        await expect(upload.complete()).rejects.toThrow("fetch failed");
        await waitFor("the API to die", () => dying.hasExited());
        run.count("kills");
        const api = await stage.instance.start("api");
        // The dead one's reservation would end by itself after two minutes.
        await stage.db.query("update import_uploads set completing_until = now()");
        const [first, second] = await Promise.all([upload.complete(), upload.complete()]);
        expect([first, second].map(({ status, body }) => [status, body.id])).toEqual([
          [202, upload.id],
          [202, upload.id],
        ]);
        for (let kills = 0; kills < 4; kills += 1) {
          const { wasKilled } = await killWorkerAt(stage, upload.id, anyPoint(run));
          if (wasKilled) run.count("kills");
        }
        await endLease(stage.db, upload.id);
        const worker = await stage.instance.start("workers");
        await finished(stage.db, upload.id);
        await worker.stop();
        await api.stop();
      }
      await expectSameEnd(stage.db, wanted);
    });
  },
  { timeoutMs: 2_400_000 },
);

/** Sends a file of one part to the storage; `complete` asks for its import, as often as it is called. */
async function sendDirect({ instance }: Stage, file: MadeFile) {
  const begun = await instance.call("POST", "/v1/imports/uploads", {
    body: { file_name: file.name, bytes: file.content.length },
  });
  const { id, parts } = begun.body;
  const put = await fetch(parts[0].url, { method: "PUT", body: new Uint8Array(file.content) });
  const sent = [{ number: 1, etag: put.headers.get("etag") }];
  return {
    id,
    complete: () =>
      instance.call("POST", `/v1/imports/uploads/${id}/complete`, {
        body: { kind: file.kind, parts: sent },
      }),
  };
}
