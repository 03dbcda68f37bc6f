/** Secrets that are not rotated by themselves, since somebody else holds the same or what follows from it. */
import type { Stack } from "aws-cdk-lib";
import type { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Environment } from "../../environments/environments.ts";
import type { Keys } from "./keys.ts";
import { newSecret } from "./secrets.ts";
import { accept } from "./stack.ts";

export interface StandingSecrets {
  /** What the secrets of report schedules' webhooks follow from. */
  readonly webhookKey: Secret;
  /** What the keys of access tokens follow from, where people sign in here. */
  readonly tokenKey: Secret;
  /** Keys of the sources whose events are taken, by source; the set-up adds `signedSource` of the table. */
  readonly sourceKeys: Secret;
  /** What the event processor signs with; `secret` is added by the set-up. */
  readonly partnerKey: Secret;
  /** `token` for the Customer Base Service: something random until people put theirs. */
  readonly customerToken: Secret;
}

interface Parts {
  readonly stack: Stack;
  readonly environment: Environment;
  readonly keys: Keys;
}

/** Makes them, each with the reason why no function replaces it. */
export function standingSecrets({ stack, environment, keys }: Parts): StandingSecrets {
  const secretFor = (path: string, whyStanding: string, generated = "password") => {
    const secret = newSecret({
      stack,
      environment,
      key: keys.data,
      path,
      description: `Stockline ${environment.name}: ${path}`,
      fields: {},
      generated,
    });
    accept(secret, { SMG4: whyStanding });
    return secret;
  };
  return {
    webhookKey: secretFor(
      "webhooks/signing",
      "Receivers hold secrets that follow from it, so replacing it is agreed with each of them.",
    ),
    tokenKey: secretFor(
      "tokens/signing",
      "A new key is put before the old one by hand, in three steps, so that no token is lost (docs/runbooks/secrets.md).",
    ),
    sourceKeys: secretFor(
      "sources/signing",
      "The partner signs with the same key, so replacing it is agreed with him.",
    ),
    partnerKey: secretFor(
      "partners/signing",
      "Partner services verify with the same key, so replacing it is agreed with each of them.",
    ),
    customerToken: secretFor(
      "partners/customer-base",
      "The Customer Base Service gives it out, and people put it there.",
      "token",
    ),
  };
}
