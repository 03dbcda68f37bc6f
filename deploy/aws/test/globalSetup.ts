/** Where the app is synthesised to: a folder of the run, gone with it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    readonly outdir: string;
  }
}

export function setup(project: TestProject): () => void {
  const outdir = mkdtempSync(join(tmpdir(), "stockline-synth-"));
  project.provide("outdir", outdir);
  return () => rmSync(outdir, { recursive: true, force: true });
}
