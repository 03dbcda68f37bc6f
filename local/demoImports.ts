/** First part of the demo: the sample files go in one after the other, and what is wrong in them comes out. */
import { createProgressView } from "../client/importProgress.ts";
import { describeRowError } from "../client/importSummary.ts";
import { followImport, type ImportState, type SentImport, sendImport } from "../client/imports.ts";
import { counted, duration, grouped } from "../client/textTable.ts";
import { openSample, plannedBadLines, SAMPLE_FILES, type SampleFile } from "./demoSamples.ts";
import { type Demo, heading, indented } from "./demoScene.ts";
import { LocalError } from "./localError.ts";

interface Imported {
  readonly file: SampleFile;
  readonly state: ImportState;
  readonly duplicate: boolean;
  /** From the first byte sent to the last row settled; of a duplicate, as the server noted it then. */
  readonly tookMs: number;
}

/** Imports all sample files. */
export async function importSamples(demo: Demo): Promise<void> {
  heading(demo, "Importing a year of an invented wholesaler (samples/)");
  const imported: Imported[] = [];
  for (const file of SAMPLE_FILES) imported.push(await importSample(demo, file));
  tellBadRows(demo, imported);
  summarize(demo, imported);
}

async function importSample(demo: Demo, file: SampleFile): Promise<Imported> {
  const content = await openSample(file);
  const begunMs = performance.now();
  const sent = await sendImport(demo.client, { name: file.name, content, kind: file.kind });
  const state = await follow(demo, file, sent);
  const tookMs = sent.duplicate ? notedMs(state) : performance.now() - begunMs;
  const imported = { file, state, duplicate: sent.duplicate, tookMs };
  indented(demo, resultLine(imported));
  if (state.status === "completed" || state.status === "completed_with_errors") return imported;
  const reason = state.error ? `: ${state.error.detail}` : "";
  throw new LocalError(`The import of ${file.name} ended as ${state.status}${reason}`);
}

/** Shows the bar of a new import; one of an earlier run is only looked up. */
async function follow(demo: Demo, file: SampleFile, sent: SentImport): Promise<ImportState> {
  const { client, signal } = demo;
  if (sent.duplicate || !process.stdout.isTTY) return followImport(client, sent.id, { signal });
  const view = createProgressView({ label: file.name, form: "bar", stream: process.stdout });
  try {
    return await followImport(client, sent.id, { signal, onState: view.show });
  } finally {
    view.end();
  }
}

function notedMs({ started_at: started, finished_at: finished }: ImportState): number {
  return started && finished ? Date.parse(finished) - Date.parse(started) : 0;
}

function resultLine({ file, state, duplicate, tookMs }: Imported): string {
  const rejected = state.rows_rejected ?? 0;
  const refused = rejected === 0 ? "" : `, ${grouped(rejected)} refused`;
  const rows = `${grouped(state.rows_applied ?? 0)} of ${counted(state.rows_total ?? 0, "row")} in${refused}`;
  const when = duplicate
    ? `imported before (${state.finished_at ?? "?"}), recognised by its content`
    : duration(tookMs);
  return `${file.name.padEnd(20)} ${rows}; ${when}`;
}

function tellBadRows(demo: Demo, imported: readonly Imported[]): void {
  heading(demo, "Rows that were refused, each with its reason");
  for (const { file, state } of imported) {
    for (const error of state.errors_sample ?? []) {
      indented(demo, `${file.name} ${describeRowError(error)}`);
    }
  }
}

function summarize(demo: Demo, imported: readonly Imported[]): void {
  const sum = (of: (state: ImportState) => number | null | undefined): number =>
    imported.reduce((total, { state }) => total + (of(state) ?? 0), 0);
  const rejected = sum((state) => state.rows_rejected);
  demo.summary.push(
    `${counted(
      sum((state) => state.rows_total),
      "row",
    )} in ${counted(imported.length, "file")}: ` +
      `${grouped(sum((state) => state.rows_applied))} taken in, ${grouped(rejected)} refused` +
      (asPlanned(imported)
        ? ", exactly those that samples/README.md lists as wrong on purpose."
        : ". These are not the rows that samples/README.md lists as wrong on purpose."),
  );
  const movements = imported.find(({ file }) => file.kind === "movements");
  if (movements !== undefined) demo.summary.push(rateSentence(movements));
}

function asPlanned(imported: readonly Imported[]): boolean {
  return imported.every(({ file, state }) => {
    const found = (state.errors_sample ?? []).map((error) => error.row ?? 0);
    const inOrder = (lines: readonly number[]) => lines.toSorted((a, b) => a - b).join();
    return inOrder(found) === inOrder(plannedBadLines(file));
  });
}

function rateSentence({ state, duplicate, tookMs }: Imported): string {
  const applied = state.rows_applied ?? 0;
  const rate = tookMs === 0 ? "?" : grouped(Math.round((applied / tookMs) * 1_000));
  const when = duplicate
    ? ", as noted when the file was first imported"
    : ", from the first byte sent to the last row settled";
  return `${grouped(applied)} movements in ${duration(tookMs)}: ${rate} a second${when}.`;
}
