/**
 * Bundles the programs that people wait for into dist/, over what the compiler wrote there, with what they share in dist/chunks: a process
 * of the product loads a dozen files instead of two thousand, in half of the time.
 */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const PROGRAMS = [
  "api/main",
  "cli/main",
  "cli/migrate",
  "jobs/main",
  "local/start",
  "workers/main",
];
/**
 * Not bundled: what loads parts of itself at run time, which a bundle of a CommonJS package does not survive (AWS, OpenTelemetry,
 * exceljs), a native addon, kafkajs, which is mended in place (platform/kafkaClient.ts), so that there must be one copy of it, and pg, whose
 * errors would be logged under another name.
 */
const OUTSIDE = [
  "@aws-sdk/*",
  "@opentelemetry/*",
  "@smithy/*",
  "exceljs",
  "kafkajs",
  "msgpackr-extract",
  "pg",
];
/** Packages in the CommonJS form ask for these. */
const COMMON_JS = `
import { createRequire as requireOf } from "node:module";
import { fileURLToPath as pathOf } from "node:url";
const require = requireOf(import.meta.url);
const __filename = pathOf(import.meta.url);
const __dirname = pathOf(new URL(".", import.meta.url));`;
/** Older chunks may still be loaded by a process that was started before this build. */
const KEEP_MS = 24 * 3_600_000;

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: PROGRAMS.map((program) => `${program}.ts`),
  outdir: "dist",
  outbase: ".",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  platform: "node",
  target: "node20",
  format: "esm",
  metafile: true,
  sourcemap: "linked",
  sourcesContent: false,
  external: OUTSIDE,
  legalComments: "none",
  logLevel: "warning",
  banner: { js: COMMON_JS.trim().replaceAll("\n", " ") },
});

for (const { entryPoint } of Object.values(metafile.outputs)) {
  if (entryPoint?.startsWith("node_modules/")) {
    throw new Error(
      `${entryPoint} is imported at run time; name its package in OUTSIDE (scripts/bundleProcesses.mjs)`,
    );
  }
}
for (const name of readdirSync(join(root, "dist/chunks"))) {
  const path = join(root, "dist/chunks", name);
  const isOld = Date.now() - statSync(path).mtimeMs > KEEP_MS;
  if (isOld && !Object.hasOwn(metafile.outputs, `dist/chunks/${name}`)) rmSync(path);
}
