/**
 * Compiles the TypeScript sources to dist/ when they are newer than the last build, one build at a
 * time however many commands start at once. Costs a few milliseconds when nothing changed.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, Stop } from "./setup.mjs";

const SOURCES = [
  "api",
  "bench",
  "cli",
  "client",
  "console",
  "deploy/environments",
  "deploy/observability",
  "domain",
  "jobs",
  "local",
  "pipelines",
  "platform",
  "workers",
];
const STAMP = join(root, "dist/.built");
const LOCK = join(root, "dist/.building");
const LOCK_WAIT_MS = 120_000;
const LOCK_POLL_MS = 50;

/** Builds when stale. Type errors stop the command unless `tolerant`, which only reports them. */
export function build({ say, tolerant = false }) {
  if (isFresh(tolerant)) return;
  takeLock();
  try {
    if (isFresh(tolerant)) return; // Another command built it while we waited.
    say("Building …");
    const begun = new Date();
    const status = compile();
    // Sources changed while compiling are newer than this stamp, so the next command builds again.
    writeFileSync(STAMP, `${begun.toISOString()} ${status === 0 ? "clean" : "with errors"}\n`);
    if (status !== 0 && !tolerant) throw new Stop("The build failed; see the messages above.");
  } finally {
    rmSync(LOCK, { force: true });
  }
}

/** 0 where all went well: the code, the bundled programs, and the pages of the console. */
function compile() {
  const compiler = join(root, "node_modules/@typescript/native/bin/tsc");
  const statuses = [
    [compiler, "-p", "tsconfig.build.json"],
    [join(root, "scripts/bundleProcesses.mjs")],
    [join(root, "scripts/buildConsole.mjs")],
  ].map((args) => spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", 2, 2] }).status);
  return statuses.find((status) => status !== 0) ?? 0;
}

/** The stamp holds when the build began, and how it went; sources must all be older. */
function isFresh(tolerant) {
  const stamp = readStamp();
  if (stamp === undefined || !(tolerant || stamp.clean)) return false;
  const inputs = ["tsconfig.json", "tsconfig.build.json", "package-lock.json"];
  return [...inputs, ...SOURCES].every((name) => newestMs(join(root, name)) < stamp.begunMs);
}

function readStamp() {
  try {
    const [begun, outcome] = readFileSync(STAMP, "utf8").split(" ");
    return { begunMs: Date.parse(begun), clean: outcome.startsWith("clean") };
  } catch {
    return undefined;
  }
}

/** Newest change below a path. Folders count too: a file removed changes only its folder. */
function newestMs(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  const below = readdirSync(path).map((name) => newestMs(join(path, name)));
  return Math.max(stats.mtimeMs, ...below);
}

function takeLock() {
  mkdirSync(join(root, "dist"), { recursive: true });
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!holderRuns()) rmSync(LOCK, { force: true });
    else if (Date.now() > deadline) {
      throw new Stop(`Another build holds ${LOCK} for minutes; remove that file if none runs.`);
    } else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS);
  }
}

function holderRuns() {
  try {
    const pid = Number(readFileSync(LOCK, "utf8"));
    if (pid === 0) return true; // Just created, its number not yet written.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
