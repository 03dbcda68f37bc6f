/** The list of runbooks (docs/runbooks/README.md): each alarm with its page, threshold and what it does to a deployment. */
import { type Alarm, alarms } from "./alarms.ts";
import { ruleNameOf } from "./prometheusRules.ts";
import { promql } from "./promql.ts";

const HEAD = `# Runbooks

Made by \`npm run docs:operations\` from \`deploy/observability/alarms.ts\`; the pages themselves are written by hand, one an alarm.

P1 wakes somebody at once, P2 is looked at the same day, P3 is a ticket. Alarms go to PagerDuty, one integration a severity
(docs/deployment.md). An alarm that names a process under "rolls back" undoes a deployment of that process while it is under way.

| alarm | severity | rings when | Prometheus rule | rolls back |
| --- | --- | --- | --- | --- |
`;

const TAIL = `
Pages without an alarm of their own:

- [secrets.md](secrets.md): rotation of passwords and tokens, and what to do when one leaked.
- [rollback.md](rollback.md): going back to the release before.
- [restore.md](restore.md): the database comes back from a backup.
`;

/** The page. */
export function renderRunbookIndex(): string {
  return HEAD + alarms.map(renderLine).join("") + TAIL;
}

function renderLine(alarm: Alarm): string {
  const { name, severity, summary, windowMinutes, windows, rollsBack = [] } = alarm;
  const hasRule = promql(alarm.figure, windowMinutes) !== undefined;
  const rule = hasRule ? `\`${ruleNameOf(alarm)}\`` : "AWS only";
  const times = windows === 1 ? "" : `, ${windows} times in a row`;
  return `| [${name}](${name}.md) | ${severity} | ${summary} Looked at each ${windowMinutes} min${times}. | ${rule} | ${rollsBack.join(", ") || "–"} |\n`;
}
