/** Movements in by a Kinesis stream. Events out: another Kinesis stream, the SQS queue with its dead-letter queue, and the event processor that tells the partner services. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Duration, type Stack } from "aws-cdk-lib";
import { Stream, StreamEncryption } from "aws-cdk-lib/aws-kinesis";
import { type Function as LambdaFunction, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { KinesisEventSource, SqsDlq } from "aws-cdk-lib/aws-lambda-event-sources";
import type { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Environment } from "../../environments/environments.ts";
import type { Data } from "./data.ts";
import { newFunction, packageFolder } from "./functions.ts";
import type { Keys } from "./keys.ts";
import type { Network } from "./network.ts";
import { accept, type Deployment, nameOf, stackOf } from "./stack.ts";

export interface Streams {
  readonly stack: Stack;
  readonly events: Stream;
  /** What partners write movements to (docs/inbound.md). */
  readonly movements: Stream;
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly processorDeadLetters: Queue;
  readonly processor: LambdaFunction;
}

/** Tries of a message or record before it is set aside as a dead letter. */
const TRIES_MAX = 5;
const KEEP = Duration.days(14);

/** Makes stream, queues and event processor. */
export function streamsStack(
  deployment: Deployment,
  { keys, network, data }: Omit<Parts, "deployment" | "stack">,
): Streams {
  const { environment } = deployment;
  const stack = stackOf(deployment, "streams", "Kinesis, SQS, event processor");
  const streamFor = (id: string, name: string, shardCount: number) => {
    const made = new Stream(stack, id, {
      streamName: nameOf(environment, name),
      shardCount,
      retentionPeriod: Duration.days(7), // a partner, or we, may be away for a long weekend
      encryption: StreamEncryption.KMS,
      encryptionKey: keys.data,
    });
    accept(made, {
      KDS3: "The environment's own key, so that its use is in the audit trail and can be ended.",
    });
    return made;
  };
  const events = streamFor("Events", "events", environment.eventShards);
  const movements = streamFor("Movements", "movements", environment.sourceShards);
  const queueOf = (name: string, dead?: Queue) =>
    new Queue(stack, name, {
      queueName: nameOf(environment, name),
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: keys.data,
      enforceSSL: true,
      retentionPeriod: KEEP,
      visibilityTimeout: Duration.seconds(60),
      ...(dead === undefined
        ? {}
        : { deadLetterQueue: { queue: dead, maxReceiveCount: TRIES_MAX } }),
    });
  const deadLetters = queueOf("events-dead");
  const queue = queueOf("events", deadLetters);
  const processorDeadLetters = queueOf("processor-dead");
  for (const dead of [deadLetters, processorDeadLetters]) {
    accept(dead, { SQS3: "This is a dead-letter queue; an alarm watches it." });
  }
  const processor = newProcessor({ deployment, stack, keys, network, data });
  processor.addEventSource(
    new KinesisEventSource(events, {
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 500,
      maxBatchingWindow: Duration.seconds(1),
      parallelizationFactor: 1, // more would still keep the order of a key, but not of a lane
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: TRIES_MAX,
      onFailure: new SqsDlq(processorDeadLetters),
    }),
  );
  acceptProcessor(processor);
  return { stack, events, movements, queue, deadLetters, processorDeadLetters, processor };
}

interface Parts {
  readonly deployment: Deployment;
  readonly stack: Stack;
  readonly keys: Keys;
  readonly network: Network;
  readonly data: Data;
}

function newProcessor({ deployment, stack, keys, network, data }: Parts): LambdaFunction {
  const { environment } = deployment;
  const processor = newFunction({
    stack,
    environment,
    name: "event-processor",
    description: "Routes events of the stream to the partner services",
    entry: processorEntry(),
    vpc: network.vpc,
    group: network.groups.eventProcessor,
    logsKey: keys.logs,
    timeout: Duration.seconds(60),
    variables: partnerVariables(environment, data.partnerKey),
  });
  data.partnerKey.grantRead(processor);
  return processor;
}

/** Where events are routed to; nothing goes to a service that the environment does not have. The key is fetched by its reference. */
function partnerVariables({ partners }: Environment, partnerKey: Secret): Record<string, string> {
  const urls = {
    PAYMENTS_URL: partners.payments,
    LOCATIONS_URL: partners.locations,
    ANALYTICS_URL: partners.analytics,
  };
  const given = Object.entries(urls).flatMap(([name, url]) => (url === null ? [] : [[name, url]]));
  return {
    ...Object.fromEntries(given),
    PARTNER_SIGNING_SECRET: `secretsmanager:${partnerKey.secretArn}#secret`,
  };
}

const PROCESSOR_FOLDER = join(packageFolder, "../../workers/event-processor");
const PROCESSOR_ENTRIES = ["handler.ts", "main.ts", "index.ts"];

/** The product's own handler; while there is none, one that refuses every batch, so that no event is lost by being swallowed. */
export function processorEntry(folder = PROCESSOR_FOLDER): string {
  const found = PROCESSOR_ENTRIES.map((name) => join(folder, name)).find((path) =>
    existsSync(path),
  );
  return found ?? join(packageFolder, "functions/missingProcessor.ts");
}

const KEY_USE =
  "CDK's grant to send to an encrypted queue: two forms of the same right on one key.";

function acceptProcessor(processor: LambdaFunction): void {
  if (processor.role === undefined) return;
  accept(processor.role, {
    "IAM5[Action::kms:ReEncrypt*]": KEY_USE,
    "IAM5[Action::kms:GenerateDataKey*]": KEY_USE,
  });
}
