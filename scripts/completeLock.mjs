/**
 * Completes package-lock.json after `npm install`: npm leaves out packages for other systems when the
 * registry at hand does not hold them, and then refuses its own lock (`npm ci`: "Missing: …"). Each is
 * written back with the exact version that its parent pins and the system that its name says; npm
 * skips it here and fetches it there. Run: `node scripts/completeLock.mjs`; changes nothing when whole.
 */
import { readFileSync, writeFileSync } from "node:fs";

const FILE = new URL("../package-lock.json", import.meta.url);
const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "openharmony", "sunos", "win32"];
const CPUS = ["arm64", "arm", "ia32", "loong64", "ppc64", "riscv64", "s390x", "x64"];

const lock = JSON.parse(readFileSync(FILE, "utf8"));
const added = [];

for (const [path, parent] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    if (isThere(path, name)) continue;
    if (!EXACT.test(version)) throw new Error(`${name}@${version} of ${path} is no exact version`);
    lock.packages[`node_modules/${name}`] = entryFor({ name, version, parent });
    added.push(name);
  }
}

if (added.length > 0) {
  const [[root, own], ...rest] = Object.entries(lock.packages);
  const sorted = rest.sort(([a], [b]) => a.localeCompare(b, "en"));
  lock.packages = Object.fromEntries([[root, own], ...sorted]);
  writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
}
process.stdout.write(
  `${added.length} packages for other systems were added to package-lock.json\n`,
);

/** Looks where Node would: beside the parent's own packages, then outwards. */
function isThere(path, name) {
  for (
    let folder = path;
    ;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))
  ) {
    const at = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (lock.packages[at] !== undefined) return true;
    if (folder === "") return false;
  }
}

function entryFor({ name, version, parent }) {
  const words = name.slice(name.indexOf("/") + 1).split("-");
  const os = SYSTEMS.find((system) => words.includes(system));
  const cpu = CPUS.find((kind) => words.includes(kind));
  if (os === undefined || cpu === undefined) {
    throw new Error(`the name ${name} does not say its system; add the entry by hand`);
  }
  const libc = words.some((word) => word.startsWith("musl"))
    ? ["musl"]
    : words.some((word) => word.startsWith("gnu"))
      ? ["glibc"]
      : undefined;
  return {
    version,
    cpu: [cpu],
    ...(parent.dev ? { dev: true } : {}),
    ...(libc ? { libc } : {}),
    ...(parent.license ? { license: parent.license } : {}),
    optional: true,
    os: [os],
  };
}
