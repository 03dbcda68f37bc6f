/** Names, tags and the one way to make a stack. Account ids are left to the deployment; the region is fixed, so nothing is looked up. */
import { type App, CfnOutput, RemovalPolicy, Stack, Tags, Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import type { Environment } from "../../environments/environments.ts";

/** What every stack is made from. */
export interface Deployment {
  readonly app: App;
  readonly environment: Environment;
}

/** `stockline-<environment>` and, with a part, `stockline-<environment>-<part>`: the name of everything that has one. */
export function nameOf(environment: Pick<Environment, "name">, part?: string): string {
  return part === undefined
    ? `stockline-${environment.name}`
    : `stockline-${environment.name}-${part}`;
}

/** A stack of one environment; `part` says what it holds. */
export function stackOf(
  { app, environment }: Deployment,
  part: string,
  description: string,
): Stack {
  const stack = new Stack(app, nameOf(environment, part), {
    description: `Stockline ${environment.name}: ${description}`,
    env: { region: environment.region },
    terminationProtection: environment.deletionProtection,
  });
  Tags.of(stack).add("application", "stockline");
  Tags.of(stack).add("environment", environment.name);
  return stack;
}

/** What becomes of data when its stack goes: kept where deletion is refused, else removed with it. */
export function removalPolicyOf(environment: Environment): RemovalPolicy {
  return environment.deletionProtection ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}

/** Sets one rule of cdk-nag aside for one construct and what is below it; the reason is printed by `npm run synth`. */
export function accept(construct: IConstruct, rules: Readonly<Record<string, string>>): void {
  for (const [id, reason] of Object.entries(rules)) {
    Validations.of(construct).acknowledge({ id: `AwsSolutions-${id}`, reason });
  }
}

/** Shows a value after the deployment; the pipeline reads some of them. */
export function output(stack: Stack, name: string, value: string): void {
  new CfnOutput(stack, name, { value });
}
