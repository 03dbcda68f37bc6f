/** docs/cost.md: the estimate of each environment as tables. */
import { alarms } from "../observability/alarms.ts";
import { type CostEstimate, estimateAll } from "./estimateCost.ts";
import { PRICES_AS_OF } from "./prices.ts";

const HEAD = `# What it costs

Made by \`npm run docs:operations\` from the table of environments (\`deploy/environments/environments.ts\`), the list prices
(\`prices.ts\`) and the assumed usage (\`usage.ts\`) beside it.

**List prices as of ${PRICES_AS_OF}, from memory and documentation, not looked up:** on demand, US East (N. Virginia), in US dollars,
without tax, support, savings plans or reserved instances. Check them on AWS' price pages, or in its calculator, before you rely on a
figure. Not in it: PagerDuty, GitLab, domain names, data between zones (about 0.01 a GiB each way), partner services.

`;

/** The page. */
export function renderCostPage(): string {
  const estimates = estimateAll(alarms.length * 2);
  return HEAD + summary(estimates) + estimates.map(section).join("") + TAIL;
}

const TAIL = `
## What moves it

- The database is the largest part of production: Multi-AZ and two replicas are four instances. One replica less saves a quarter of it.
- A one-year savings plan for the tasks and reserved instances for database and Redis save about a third.
- Private endpoints cost more than the NAT traffic they spare at small scale; they are there so that traffic to AWS stays inside.
- Tasks at their greatest number all month is a bound, not a forecast: autoscaling takes them away after five quiet minutes.
`;

function summary(estimates: readonly CostEstimate[]): string {
  const rows = estimates.map(
    ({ environment, totalMonth, atMaxMore }) =>
      `| ${environment.name} | ${dollars(totalMonth)} | ${dollars(totalMonth + atMaxMore)} |\n`,
  );
  return `| environment | a month | with every task at its greatest number |\n| --- | ---: | ---: |\n${rows.join("")}`;
}

function section({ environment, lines, totalMonth }: CostEstimate): string {
  const rows = lines.map(
    ({ what, from, dollarsMonth }) => `| ${what} | ${from} | ${dollars(dollarsMonth)} |\n`,
  );
  return `\n## ${environment.name}\n\n| what | from | a month |\n| --- | --- | ---: |\n${rows.join("")}| **together** | | **${dollars(totalMonth)}** |\n`;
}

function dollars(amount: number): string {
  return `$${Math.round(amount).toLocaleString("en-US")}`;
}
