/**
 * What a fresh clone may lack before any command can run: Node's version, npm packages, a Redis
 * server, PostGIS for the geographic tests. Only Node's own modules may be imported here.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const NODE_MIN = [20, 19];
/** Written after our own `npm ci`; removed with node_modules by the next one. */
const STAMP = "node_modules/.stockline-installed";

/** Ends the command with a sentence instead of a stack. */
export class Stop extends Error {}

export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return;
  throw new Stop(
    `Stockline needs Node ${NODE_MIN.join(".")} or newer; this is Node ${process.versions.node}.`,
  );
}

/** Runs `npm ci` when packages are missing or of other versions than package-lock.json says; in `folder`, the root by default. */
export function installPackages({ say, folder = "." }) {
  const home = join(root, folder);
  if (packagesAreCurrent(home)) return;
  say(`Installing npm packages${folder === "." ? "" : ` of ${folder}`} (once; a minute or so) …`);
  // Under `npm run`, npm names its own program; otherwise the one on PATH serves.
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
  const args = [...first, "ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  const run = spawnSync(command, args, { cwd: home, stdio: ["ignore", 2, 2] });
  if (run.error) throw new Stop(`npm could not be started: ${run.error.message}.`);
  if (run.status !== 0) throw new Stop("npm ci failed; its messages above say why.");
  writeFileSync(join(home, STAMP), lockHash(home));
}

/**
 * Current when we installed this very lock file, or when what is installed has its versions (after
 * a plain `npm ci`). Times say nothing: checking out a branch must not cost an installation.
 */
function packagesAreCurrent(home) {
  const stamp = join(home, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lockHash(home)) return true;
  const installed = readPackages(join(home, "node_modules/.package-lock.json"));
  if (installed === undefined) return false;
  const wanted = readPackages(join(home, "package-lock.json"));
  if (wanted === undefined) throw new Stop("package-lock.json in the checkout cannot be read.");
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const found = installed[path];
    // Optional packages for other systems are rightly not there.
    return found === undefined ? entry.optional === true : found.version === entry.version;
  });
}

function lockHash(home) {
  const file = join(home, "package-lock.json");
  if (!existsSync(file)) throw new Stop("package-lock.json is missing from the checkout.");
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** Makes sure there is a redis-server to run, unless REDIS_URL names one already running. */
export function installRedis({ say }) {
  if (process.env.REDIS_URL || onPath("redis-server")) return;
  const advice =
    "No redis-server was found on PATH. Install one (Debian, Ubuntu: apt-get install redis-server; " +
    "macOS: brew install redis; Fedora: dnf install redis), or set REDIS_URL to one that runs.";
  if (!aptIsOurs()) throw new Stop(advice);
  say("Installing redis-server with apt-get (once) …");
  if (!aptInstall(["redis-server"]) || !onPath("redis-server")) throw new Stop(advice);
}

const POSTGIS_FILE = "/usr/share/postgresql/15/extension/postgis.control";

/** Installs PostGIS where that is easy; the tests that want it are skipped, with a reason, else. */
export function installPostgis({ say }) {
  if (existsSync(POSTGIS_FILE) || !aptIsOurs() || debianRelease() !== "bookworm") return;
  say("Installing postgresql-15-postgis-3 with apt-get for the geographic tests (once) …");
  if (!aptInstall(["postgresql-15-postgis-3"])) {
    say("That failed; the geographic tests that need it will be skipped.");
  }
}

function onPath(program) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function aptIsOurs() {
  return process.platform === "linux" && process.getuid() === 0 && onPath("apt-get");
}

function debianRelease() {
  try {
    return /^VERSION_CODENAME=(.*)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  } catch {
    return undefined;
  }
}

function aptInstall(packages) {
  // RUNLEVEL=1 asks Debian not to start the packaged services: we run servers of our own.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const apt = (...args) =>
    spawnSync("apt-get", args, { env, stdio: ["ignore", 2, 2] }).status === 0;
  return (
    apt("-qq", "update") && apt("-qq", "install", "-y", "--no-install-recommends", ...packages)
  );
}
