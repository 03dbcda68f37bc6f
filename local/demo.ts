/**
 * `npm run demo`: starts as `npm start` does, takes the reader through the main job on the project's
 * own sample files, then serves on. `--exit` stops at the end, with status 0 where all went well.
 */
import { runDemo } from "./demoRun.ts";
import { readyLine, serveUntilStopped } from "./serveUntilStopped.ts";

const say = (line: string): void => console.log(line);
const unknown = process.argv.slice(2).filter((argument) => argument !== "--exit");

if (unknown.length > 0) {
  console.error(`npm run demo takes --exit and nothing else; found ${unknown.join(" ")}`);
  process.exitCode = 2;
} else {
  await serveUntilStopped({
    work: async (running, abort) => {
      await runDemo({ running, abort, say });
      if (process.argv.includes("--exit")) return "stop";
      say(`\n${readyLine(running.url, running.env)}\nCtrl-C stops it.`);
      return "serve";
    },
  });
}
