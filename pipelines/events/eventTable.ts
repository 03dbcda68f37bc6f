/** The table of events in docs/events.md, so that page and product can't tell two stories. Pure. */
import { EVENTS } from "../../domain/events/index.ts";

const BEGIN = "<!-- events: made by npm run docs:events -->";
const END = "<!-- end of the events -->";

/** The page with the table between its markers; throws where they are missing. */
export function withEventTable(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error("the page lacks its markers");
  const rows = Object.entries(EVENTS).map(
    ([name, { told, subject, version }]) =>
      `| [\`${name}\`](events/${name}.v${version}.json) | ${told} | ${subject} |`,
  );
  const table = ["| event | told when | subject |", "| --- | --- | --- |", ...rows].join("\n");
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}
