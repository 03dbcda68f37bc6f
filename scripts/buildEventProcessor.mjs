/**
 * Bundles the event processor into one file for AWS Lambda: dist/event-processor/handler.mjs, exporting `handler`. Nothing has to be
 * installed beside it.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const outfile = join(root, "dist/event-processor/handler.mjs");

await build({
  entryPoints: [join(root, "workers/event-processor/handler.ts")],
  outfile,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  minify: true,
  sourcemap: "linked",
  legalComments: "none",
  logLevel: "warning",
  // Packages in the CommonJS form ask for node's modules by require.
  banner: {
    js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  },
});
process.stdout.write(`${outfile}: ${statSync(outfile).size} bytes\n`);
