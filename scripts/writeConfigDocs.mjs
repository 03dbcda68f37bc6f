/**
 * Writes .env.example and docs/configuration.md from the table in platform/config.ts, so that neither
 * can tell another story. Run after a build; test/tidy.test.ts fails while a variable is missing.
 */
import { writeFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
// By URL: linters run before anything is built.
const { configVariables } = await import(new URL("dist/platform/config.js", root).href);
const cell = (text) => text.replaceAll("|", "\\|");

const example = configVariables.map(
  (it) => `# ${it.description}\n# Expected: ${it.expected}.\n# ${it.name}=${it.default ?? ""}\n`,
);
writeFileSync(
  new URL(".env.example", root),
  `# Every variable that a process reads; made by scripts/writeConfigDocs.mjs from platform/config.ts.\n` +
    `# All are optional for \`npm start\`, which starts what is not named here.\n\n${example.join("\n")}`,
);

const rows = configVariables.map((it) => {
  const standard = it.default === undefined ? "–" : `\`${it.default}\``;
  const description = it.secret ? `${it.description} Secret: never logged.` : it.description;
  return `| \`${it.name}\` | ${cell(description)} | ${cell(it.expected)} | ${standard} |`;
});
writeFileSync(
  new URL("docs/configuration.md", root),
  `# Configuration\n\nMade by \`scripts/writeConfigDocs.mjs\` from \`platform/config.ts\`. An empty value counts as unset; a wrong one stops\n` +
    `the process at once with a sentence for each fault.\n\n| variable | what it is | expected | default |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`,
);
