/**
 * `npm start`: starts everything on this machine, prints one ready line, serves until Ctrl-C (or
 * SIGTERM, SIGHUP, or the end of the npm that ran it), then stops all it started, in order.
 */
import { serveUntilStopped } from "./serveUntilStopped.ts";

await serveUntilStopped();
