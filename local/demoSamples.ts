/** The sample files in the order in which they build on each other, and the rows of them that are wrong on purpose. */
import { openAsBlob, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { projectRoot } from "../platform/projectRoot.ts";

export interface SampleFile {
  readonly name: string;
  readonly kind: string;
}

/** What the demo imports; items.csv holds the same as catalogue.xlsx and stays out. */
export const SAMPLE_FILES: readonly SampleFile[] = [
  { name: "warehouses.csv", kind: "warehouses" },
  { name: "suppliers.csv", kind: "suppliers" },
  { name: "catalogue.xlsx", kind: "items" },
  { name: "supplier_items.csv", kind: "supplier_items" },
  { name: "reorder_policies.csv", kind: "reorder_policies" },
  { name: "movements-2025.csv", kind: "movements" },
  { name: "counts-2026-01.xlsx", kind: "counts" },
];

const expectedFile = z.object({
  bad_rows: z.array(z.object({ file: z.string(), line: z.number() })),
});

/** A sample file as it is on disk; it is streamed when it is sent. */
export function openSample(file: SampleFile): Promise<Blob> {
  return openAsBlob(samplePath(file.name));
}

/** Lines of a sample file that are wrong on purpose, as a spreadsheet counts them. */
export function plannedBadLines(file: SampleFile): number[] {
  const text = readFileSync(samplePath("expected.json"), "utf8");
  const { bad_rows: rows } = expectedFile.parse(JSON.parse(text));
  return rows.filter((row) => row.file === file.name).map((row) => row.line);
}

function samplePath(name: string): string {
  return join(projectRoot(), "samples", name);
}
