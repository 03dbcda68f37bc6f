/** KMS keys with yearly rotation: one for what customers store, one for logs, audit trail and alarms, one for personal data. */
import { Duration, Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { type Deployment, nameOf, removalPolicyOf, stackOf } from "./stack.ts";

export interface Keys {
  /** Database, Redis, buckets, streams, queues, secrets. */
  readonly data: Key;
  /** Log groups, CloudTrail, alarm topics. */
  readonly logs: Key;
  /** Wraps the keys that the product seals personal data with. Apart, so that reading the database's backups is not reading persons. */
  readonly personal: Key;
}

/** Makes the keys; only the AWS services named here may use the second one, each within this account. */
export function keysStack(deployment: Deployment): Keys {
  const { environment } = deployment;
  const stack = stackOf(deployment, "keys", "encryption keys");
  const keyFor = (purpose: string, description: string) =>
    new Key(stack, purpose, {
      alias: nameOf(environment, purpose.toLowerCase()),
      description: `Stockline ${environment.name}: ${description}`,
      enableKeyRotation: true,
      rotationPeriod: Duration.days(365),
      removalPolicy: removalPolicyOf(environment),
    });
  const data = keyFor("Data", "database, Redis, buckets, streams, queues, secrets");
  const logs = keyFor("Logs", "logs, audit trail, alarms");
  const personal = keyFor("Personal", "wraps the keys of personal data");
  allowService(logs, `logs.${environment.region}.amazonaws.com`, {
    ArnLike: {
      "kms:EncryptionContext:aws:logs:arn": Stack.of(logs).formatArn({
        service: "logs",
        resource: "*",
      }),
    },
  });
  const ours = { StringEquals: { "aws:SourceAccount": stack.account } };
  allowService(logs, "cloudwatch.amazonaws.com", ours);
  allowService(logs, "events.amazonaws.com", ours);
  allowService(logs, "cloudtrail.amazonaws.com", {
    StringLike: {
      "kms:EncryptionContext:aws:cloudtrail:arn": stack.formatArn({
        service: "cloudtrail",
        region: "*",
        resource: "trail",
        resourceName: "*",
      }),
    },
  });
  return { data, logs, personal };
}

function allowService(key: Key, service: string, conditions: Record<string, unknown>): void {
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(service)],
      actions: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:DescribeKey"],
      resources: ["*"], // in a key's own policy: this key
      conditions,
    }),
  );
}
