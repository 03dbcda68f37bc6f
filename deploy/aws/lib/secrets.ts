/**
 * Secrets of one environment, generated here and rotated every 30 days by functions of ours: the ready-made ones know no `url`,
 * which is what the processes read (DATABASE_URL, REDIS_URL). docs/decisions/0031 says why logins alternate.
 */
import { Duration, type Stack } from "aws-cdk-lib";
import type { IGrantable } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Environment } from "../../environments/environments.ts";
import { nameOf, removalPolicyOf } from "./stack.ts";

/** Long enough that guessing is hopeless, short enough for Redis' limit of 128. */
const PASSWORD_LENGTH = 48;
const ROTATION_DAYS = 30;

export interface NewSecret {
  readonly stack: Stack;
  readonly environment: Environment;
  readonly key: Key;
  /** Path below the environment's name, e.g. database/writer. */
  readonly path: string;
  readonly description: string;
  /** What stands in the JSON beside the password: only what never changes, see newSecret. */
  readonly fields: Readonly<Record<string, string>>;
  /** Name of the generated member; default password. */
  readonly generated?: string;
}

/**
 * A JSON secret with a generated `password` (or another member); only letters and digits, so that it can stand in a URL. CloudFormation
 * writes a new version, without what was added since and with another password, when anything of `generateSecretString` changes. So
 * nothing in there may come from the table of environments or from another resource; the set-up function adds such things.
 */
export function newSecret(options: NewSecret): Secret {
  const { stack, environment, key, path, description, fields, generated = "password" } = options;
  const id = `Secret-${path.replaceAll("/", "-")}`;
  return new Secret(stack, id, {
    secretName: `${nameOf(environment)}/${path}`,
    description,
    // By its ARN: readers get the key by their own policies, else the key's policy would name them and the stacks form a circle.
    encryptionKey: Key.fromKeyArn(stack, `${id}-key`, key.keyArn),
    removalPolicy: removalPolicyOf(environment),
    generateSecretString: {
      secretStringTemplate: JSON.stringify(fields),
      generateStringKey: generated,
      excludePunctuation: true,
      includeSpace: false,
      passwordLength: PASSWORD_LENGTH,
    },
  });
}

/** Has the secret rotated by the function; never at once, since the set-up has to run before. */
export function rotate(secret: Secret, rotationLambda: IFunction): void {
  secret.addRotationSchedule("Rotation", {
    rotationLambda,
    automaticallyAfter: Duration.days(ROTATION_DAYS),
    rotateImmediatelyOnUpdate: false,
  });
}

/** Lets a function read a secret and write its next version. */
export function grantChange(secret: Secret, grantee: IGrantable): void {
  secret.grantRead(grantee);
  secret.grantWrite(grantee);
}
