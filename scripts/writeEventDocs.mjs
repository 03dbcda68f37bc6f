/**
 * Writes docs/events (a JSON Schema for the data of every event type, one for the envelope, and the AsyncAPI document) and the table of
 * docs/events.md. Run after a build. Refuses a schema that does not only add to the one that is there: such a change is a new version of the event.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
const folder = new URL("docs/events/", root);
// By URL: linters run before anything is built.
const load = (path) => import(new URL(`dist/pipelines/events/${path}`, root).href);
const { breakingChanges } = await load("breakingChanges.js");
const { describeEvents } = await load("describeEvents.js");
const { eventSchemas } = await load("eventSchemas.js");
const { withEventTable } = await load("eventTable.js");
const write = (file, document) =>
  writeFileSync(new URL(file, folder), `${JSON.stringify(document, null, 2)}\n`);

mkdirSync(folder, { recursive: true });
const schemas = eventSchemas();
const refused = schemas.flatMap(({ file, schema }) => {
  const path = new URL(file, folder);
  if (!existsSync(path)) return [];
  const changes = breakingChanges(JSON.parse(readFileSync(path, "utf8")), schema);
  return changes.map((change) => `docs/events/${file}: ${change}`);
});
if (refused.length > 0) {
  console.error(
    `${refused.join("\n")}\nExpected additions only. Raise the event's version in domain/events; the old schema stays beside the new one.`,
  );
  process.exit(1);
}
for (const { file, schema } of schemas) write(file, schema);
write("asyncapi.json", describeEvents());
const page = new URL("docs/events.md", root);
writeFileSync(page, withEventTable(readFileSync(page, "utf8")));
