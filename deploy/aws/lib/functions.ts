/** Lambda functions of ours: bundled by esbuild at synth from deploy/aws/functions, in private subnets, logs encrypted, one role each. */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Duration, Stack } from "aws-cdk-lib";
import type { SecurityGroup, Vpc } from "aws-cdk-lib/aws-ec2";
import {
  Effect,
  ManagedPolicy,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import type { Key } from "aws-cdk-lib/aws-kms";
import { Architecture, Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { buildSync } from "esbuild";
import type { Environment } from "../../environments/environments.ts";
import { logDaysOf } from "./logDays.ts";
import { accept, nameOf, removalPolicyOf } from "./stack.ts";

/** The newest runtime; what it brings (the AWS SDK) is not bundled. */
const RUNTIME = Runtime.NODEJS_24_X;

export interface NewFunction {
  readonly stack: Stack;
  readonly environment: Environment;
  readonly name: string;
  readonly description: string;
  /** Source file of the handler `handler`. */
  readonly entry: string;
  readonly vpc: Vpc;
  readonly group: SecurityGroup;
  readonly logsKey: Key;
  readonly timeout: Duration;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Makes the function with a role that may write its own log, join the VPC, and nothing else. */
export function newFunction(options: NewFunction): LambdaFunction {
  const { stack, environment, name, vpc, group } = options;
  const functionName = nameOf(environment, name);
  const logGroup = new LogGroup(stack, `${name}-logs`, {
    logGroupName: `/stockline/${environment.name}/functions/${name}`,
    retention: logDaysOf(environment),
    encryptionKey: options.logsKey,
    removalPolicy: removalPolicyOf(environment),
  });
  return new LambdaFunction(stack, name, {
    functionName,
    description: options.description,
    runtime: RUNTIME,
    architecture: Architecture.ARM_64,
    handler: "index.handler",
    code: Code.fromAsset(bundle(name, options.entry)),
    role: roleOf(options, logGroup),
    vpc,
    vpcSubnets: { subnetGroupName: "tasks" },
    securityGroups: [group],
    timeout: options.timeout,
    memorySize: 256,
    logGroup,
    environment: {
      // The authorities of RDS, which the runtime has on disk and Node does not know by itself.
      NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
      NODE_OPTIONS: "--enable-source-maps",
      ...options.variables,
    },
  });
}

function roleOf({ stack, name }: NewFunction, logGroup: LogGroup): Role {
  const role = new Role(stack, `${name}-role`, {
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    managedPolicies: [
      ManagedPolicy.fromAwsManagedPolicyName("service-role/AWSLambdaVPCAccessExecutionRole"),
    ],
  });
  logGroup.grantWrite(role);
  role.addToPolicy(
    new PolicyStatement({
      // The managed policy could write any log group; this one narrows it to our own.
      effect: Effect.DENY,
      actions: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      notResources: [logGroup.logGroupArn, `${logGroup.logGroupArn}:*`],
    }),
  );
  accept(role, {
    "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole]":
      "AWS' own policy for network interfaces of functions; its right to write logs is narrowed by a deny statement.",
  });
  return role;
}

const HERE = dirname(fileURLToPath(import.meta.url));

/** deploy/aws, whether this runs from source (tests) or from the bundle in dist/ (synth). */
export const packageFolder = HERE.endsWith("dist") ? dirname(HERE) : join(HERE, "..");
const built = new Set<string>();

/** Bundles a handler into one file with its source map; answers the folder. Once a process: every environment has the same code. */
function bundle(name: string, entry: string): string {
  const folder = join(packageFolder, "dist", "functions", name);
  if (built.has(name)) return folder;
  mkdirSync(folder, { recursive: true });
  buildSync({
    entryPoints: [entry],
    outfile: join(folder, "index.mjs"),
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    sourcemap: "linked",
    sourcesContent: false,
    external: ["@aws-sdk/*", "pg-native"],
    // Packages in CommonJS call require; a module has none by itself.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    absWorkingDir: packageFolder,
    logLevel: "warning",
  });
  built.add(name);
  return folder;
}
