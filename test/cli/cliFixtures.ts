/** Runs the command-line client in this process and tells what it wrote; makes data folders that it finds an instance in. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { onTestFinished } from "vitest";
import { runCli } from "../../cli/runCli.ts";
import { ensureSigningKey } from "../../local/signingKey.ts";

export interface CliRun {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line; only `env` is its environment, `signal` is its Ctrl-C. */
export async function runLine(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal = new AbortController().signal,
): Promise<CliRun> {
  const out = collector();
  const err = collector();
  const io = { out: out.stream, err: err.stream, signal };
  const status = await runCli(args, io, env);
  return { status, out: out.text(), err: err.text() };
}

function collector(): { stream: Writable; text: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(String(chunk));
      done();
    },
  });
  return { stream, text: () => chunks.join("") };
}

/** A folder that is gone when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "stockline-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A data folder in which this very process seems to run an instance; `over` changes its record. */
export async function homeWithInstance(over: Readonly<Record<string, unknown>> = {}) {
  const home = temporaryFolder();
  const keyFile = await ensureSigningKey(home);
  const signIn = { issuer: "https://stockline.local", audience: "stockline", keyFile };
  mkdirSync(join(home, "run"), { recursive: true });
  const record = { pid: process.pid, url: "http://127.0.0.1:9", stopping: false, signIn, ...over };
  writeFileSync(join(home, "run/instance.json"), JSON.stringify(record));
  return { home, signIn };
}
