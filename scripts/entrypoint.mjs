// Starts one production process of the image: api, workers, jobs or migrate.
// The process runs in this very Node, so that it gets the container's signals itself.
// An unknown name is refused with a sentence and status 64 (EX_USAGE); nothing is started.
const PROCESSES = new Map([
  ["api", "../dist/api/main.js"],
  ["workers", "../dist/workers/main.js"],
  ["jobs", "../dist/jobs/main.js"],
  ["migrate", "../dist/cli/migrate.js"],
]);

const [name, ...rest] = process.argv.slice(2);
const file = PROCESSES.get(name ?? "");

if (file === undefined) {
  const found = name === undefined ? "no process was named" : `process "${name}" is unknown`;
  process.stderr.write(`${found}; expected one of: ${[...PROCESSES.keys()].join(", ")}\n`);
  process.exitCode = 64;
} else {
  const url = new URL(file, import.meta.url);
  process.argv = [process.execPath, decodeURIComponent(url.pathname), ...rest];
  await import(url.href);
}
