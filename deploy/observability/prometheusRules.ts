/** The table of alarms as Prometheus' rule file (deploy/prometheus/rules.yml). */
import { type Alarm, alarms } from "./alarms.ts";
import { promql } from "./promql.ts";

const HEADER = `# Made by scripts/writeOperations.mjs from deploy/observability/alarms.ts; edit there.
# Alarms that only AWS can have (its queues, functions, firewall) are not here.
groups:
  - name: stockline
    rules:
`;

/** The whole file. JSON strings are YAML strings, so nothing needs quoting rules of its own. */
export function renderPrometheusRules(): string {
  return HEADER + alarms.flatMap((alarm) => renderRule(alarm) ?? []).join("");
}

/** The alarm's name as Prometheus users write theirs. */
export function ruleNameOf({ name }: Pick<Alarm, "name">): string {
  const words = name.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `Stockline${words.join("")}`;
}

function renderRule(alarm: Alarm): string | undefined {
  const expression = promql(alarm.figure, alarm.windowMinutes);
  if (expression === undefined) return undefined;
  const sign = alarm.is === "above" ? ">" : "<";
  const compared = `(${expression}) ${sign} ${alarm.threshold}`;
  // A growth covers its window already; what is silent is found by absence.
  const minutes = alarm.windowMinutes * (alarm.windows - (isGrowth(alarm) ? 1 : 0));
  const lines = [
    `      - alert: ${ruleNameOf(alarm)}`,
    `        expr: ${JSON.stringify(alarm.silenceIsBad ? orAbsent(compared, expression) : compared)}`,
    `        for: ${minutes}m`,
    `        labels: { severity: ${alarm.severity} }`,
    `        annotations:`,
    `          summary: ${JSON.stringify(alarm.summary)}`,
    `          runbook_url: ${JSON.stringify(`docs/runbooks/${alarm.name}.md`)}`,
  ];
  return `${lines.join("\n")}\n`;
}

function isGrowth({ figure }: Alarm): boolean {
  return figure.kind === "own" && figure.read === "increase";
}

function orAbsent(compared: string, expression: string): string {
  return `${compared} or absent(${expression})`;
}
