/** Handler: rotates the login of a database secret, called by Secrets Manager. */

import { withDatabase } from "./connect.ts";
import { withUrls } from "./databaseLogins.ts";
import { variable } from "./environment.ts";
import { loginRotation, parseLogin } from "./loginRotation.ts";
import { type RotationEvent, runRotationStep } from "./rotation.ts";
import { createSecretStore } from "./secretStore.ts";

const store = createSecretStore();

async function readAdminUrl(): Promise<string> {
  const admin = await store.read(variable("ADMIN_SECRET_ID"), "AWSCURRENT");
  return withUrls(parseLogin(admin ?? {})).url ?? "";
}

/** One step of the rotation. */
export async function handler(event: RotationEvent): Promise<void> {
  await runRotationStep(event, store, loginRotation(readAdminUrl, withDatabase));
}
