/** Last parts of the demo: a report in object storage, and the proof that the books are right. */
import { checkedWords, differenceWords, verifyLedger } from "../client/ledger.ts";
import { awaitReport, startReport } from "../client/runs.ts";
import { byteSize, counted, duration, grouped } from "../client/textTable.ts";
import { type Demo, heading, indented } from "./demoScene.ts";
import { LocalError } from "./localError.ts";

const DIFFERENCES_SHOWN = 5;
const REPORT = { report: "current_inventory", format: "xlsx" } as const;

/** Writes a report export and says where it can be downloaded. */
export async function writeReport(demo: Demo): Promise<void> {
  const { client, signal } = demo;
  heading(demo, "Writing a report to object storage (S3)");
  const begunMs = performance.now();
  const asked = await startReport(client, { ...REPORT, parameters: { fresh: true } });
  const done = await awaitReport(client, asked.id, { signal });
  if (done.status !== "completed") {
    throw new LocalError(
      `The report ended as ${done.status}: ${done.error?.detail ?? "no reason"}`,
    );
  }
  const size = `${counted(done.rows ?? 0, "row")}, ${byteSize(done.bytes ?? 0)}`;
  indented(
    demo,
    `${REPORT.report}.${REPORT.format}: ${size} in ${duration(performance.now() - begunMs)}`,
  );
  for (const { key, sha256 } of done.objects) indented(demo, `${key}\nSHA-256 ${sha256}`);
  indented(demo, `download (for a few minutes): ${done.download_url ?? "–"}`);
  indented(
    demo,
    `a new link at any time, with a token: ${new URL(`/v1/reports/${done.id}`, client.url).href}`,
  );
  demo.summary.push(`A report of ${counted(done.rows ?? 0, "row")} is in object storage.`);
}

/** Verifies the ledger; a difference ends the demo, for it would be a fault of Stockline. */
export async function verifyBooks(demo: Demo): Promise<void> {
  heading(demo, "Verifying the ledger");
  const begunMs = performance.now();
  const found = await verifyLedger(demo.client, { mode: "full", signal: demo.signal });
  if (found.result === "failed") throw new LocalError(`The verification failed: ${found.reason}`);
  const { difference_count: differences, checked } = found.verification;
  const took = duration(performance.now() - begunMs);
  indented(demo, `checked ${checkedWords(found.verification)} in ${took}`);
  if (differences > 0) {
    const shown = found.verification.differences.slice(0, DIFFERENCES_SHOWN).map(differenceWords);
    throw new LocalError(
      [`The ledger has ${counted(differences, "difference")}:`, ...shown].join("\n  "),
    );
  }
  indented(demo, "no difference: every level is the sum of its entries, every link holds");
  const entries = grouped(checked["entries"] ?? 0);
  demo.summary.push(`The ledger was verified: ${entries} entries, no difference.`);
}
