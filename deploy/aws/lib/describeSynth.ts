/** What a synthesis came to, for a person: stacks, resources, and each rule that was set aside with its reason. */
import { relative } from "node:path";
import { type App, Validations } from "aws-cdk-lib";
import type { CloudAssembly } from "aws-cdk-lib/cx-api";
import { z } from "zod";
import { processorEntry } from "./streams.ts";

const template = z.object({ Resources: z.record(z.string(), z.object({ Type: z.string() })) });
const acknowledged = z.record(z.string(), z.string());

/** One rule that is set aside for one construct. */
export interface SetAside {
  readonly path: string;
  readonly rule: string;
  readonly reason: string;
}

const OURS = "AwsSolutions-";

/** Every rule of cdk-nag that somebody set aside; what CDK itself sets aside in its own checks is not ours to list. */
export function rulesSetAside(app: App): SetAside[] {
  return app.node.findAll().flatMap((construct) =>
    construct.node.metadata
      .filter((entry) => entry.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap((entry) => Object.entries(acknowledged.parse(entry.data)))
      .filter(([rule]) => rule.includes(OURS))
      .map(([rule, reason]) => ({
        path: construct.node.path,
        rule: rule.slice(rule.indexOf(OURS) + OURS.length),
        reason,
      })),
  );
}

/** Some lines for the terminal. */
export function describeSynth(app: App, assembly: CloudAssembly): string {
  const stacks = assembly.stacks.map((stack) => {
    const resources = Object.keys(template.parse(stack.template).Resources).length;
    return `  ${stack.stackName}: ${resources} resources`;
  });
  const aside = rulesSetAside(app);
  const reasons = new Map<string, number>();
  for (const { rule, reason } of aside) {
    const [kind] = rule.split("[");
    const line = `${kind}: ${reason}`;
    reasons.set(line, (reasons.get(line) ?? 0) + 1);
  }
  const lines = [
    `${assembly.stacks.length} stacks in ${relative(process.cwd(), assembly.directory)}`,
    ...stacks,
    "",
    `cdk-nag AwsSolutions: 0 findings; ${aside.length} times a rule was set aside, for ${reasons.size} reasons:`,
    ...[...reasons].map(([line, count]) => `  ${count} x ${line}`),
  ];
  if (processorEntry().endsWith("missingProcessor.ts")) {
    lines.push("", "workers/event-processor is not there: its function refuses every batch.");
  }
  return `${lines.join("\n")}\n`;
}
