/** The app, synthesised once for all test files, and its templates by environment and part. */
import type { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import type { CloudAssembly } from "aws-cdk-lib/cx-api";
import { inject } from "vitest";
import { z } from "zod";
import type { EnvironmentName } from "../../environments/environments.ts";
import { createApp } from "../lib/app.ts";

export const app = createApp({ outdir: inject("outdir") });
/** Throws, and so fails every test file, while cdk-nag finds something that nobody accepted. */
export const assembly: CloudAssembly = app.synth();

export const ENVIRONMENTS = [
  "development",
  "staging",
  "production",
] as const satisfies readonly EnvironmentName[];

const resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.unknown().optional(),
});
export type Resource = z.output<typeof resource>;

/** The template of a stack, for assertions. */
export function template(environment: EnvironmentName, part: string): Template {
  return templateOf(`stockline-${environment}-${part}`);
}

/** The template of a stack by its whole name. */
export function templateOf(stackName: string): Template {
  const stack = app.node.findAll().find((it) => it.node.id === stackName);
  if (!isStack(stack)) throw new Error(`there is no stack ${stackName}`);
  return Template.fromStack(stack);
}

function isStack(construct: object | undefined): construct is Stack {
  return construct !== undefined && "templateFile" in construct;
}

/** Resources of a type in a stack, as plain objects. */
export function resources(environment: EnvironmentName, part: string, type: string): Resource[] {
  return Object.values(template(environment, part).findResources(type)).map((it) =>
    resource.parse(it),
  );
}

/** Every resource of every stack, with the stack's name. */
export function everyResource(): {
  readonly stack: string;
  readonly id: string;
  readonly resource: Resource;
}[] {
  const shape = z.object({ Resources: z.record(z.string(), resource) });
  return assembly.stacks.flatMap((stack) =>
    Object.entries(shape.parse(stack.template).Resources).map(([id, it]) => ({
      stack: stack.stackName,
      id,
      resource: it,
    })),
  );
}
