/**
 * Bundles the operators' console (console/) into dist/console: one script, one style sheet, an icon, and the page that names them with
 * a hash of their content, so that they may be kept for ever. Types are checked elsewhere (`npm run typecheck`).
 */
import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = join(root, "console");
const outdir = join(root, "dist/console");
const fresh = `${outdir}.${process.pid}`;

await build({
  entryPoints: ["main.tsx", "console.css", "icon.svg"].map((name) => join(source, name)),
  outdir: fresh,
  bundle: true,
  format: "esm",
  platform: "browser",
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".svg": "copy" },
  minify: true,
  legalComments: "none",
  logLevel: "warning",
});

/** The page asks for "/console/main.js"; the hash behind it makes the address one of this content. */
const page = readFileSync(join(source, "index.html"), "utf8").replaceAll(
  /"\/console\/([\w.]+)"/g,
  (_, name) => `"/console/${name}?v=${hashOf(name)}"`,
);
writeFileSync(join(fresh, "index.html"), page);
rmSync(outdir, { recursive: true, force: true });
renameSync(fresh, outdir);

function hashOf(name) {
  return createHash("sha256")
    .update(readFileSync(join(fresh, name)))
    .digest("hex")
    .slice(0, 16);
}
