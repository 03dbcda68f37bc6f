/** The command-line client: `npm run stockline -- <command>`, a client of the public HTTP API. */
import { runCli } from "./runCli.ts";

const interruption = new AbortController();
process.once("SIGINT", () => interruption.abort());
// A reader that has seen enough (head, less) closes the pipe: that is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1);
});
process.exitCode = await runCli(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  signal: interruption.signal,
});
