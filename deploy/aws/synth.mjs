/** `npm run synth`: bundles main.ts (Node 20 runs no TypeScript) and runs it. The packages are installed by scripts/run.mjs. */
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const folder = dirname(fileURLToPath(import.meta.url));
const outfile = join(folder, "dist/main.mjs");
await build({
  entryPoints: [join(folder, "main.ts")],
  outfile,
  bundle: true,
  packages: "external",
  platform: "node",
  target: "node20",
  format: "esm",
  sourcemap: "inline",
  absWorkingDir: folder,
  logLevel: "warning",
});
await import(pathToFileURL(outfile).href);
