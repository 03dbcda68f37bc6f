/** What the event processor reads of the configuration: it runs where no database and no queue is. */
import { type Config, readSomeWithSecrets } from "./config.ts";

const VARIABLES = [
  "LOG_LEVEL",
  "PAYMENTS_URL",
  "LOCATIONS_URL",
  "ANALYTICS_URL",
  "PARTNER_SIGNING_SECRET",
  "PARTNER_TIMEOUT_MS",
] as const;

export type PartnerConfig = Pick<Config, (typeof VARIABLES)[number]>;

/** Reads it; throws ConfigError with a sentence for each wrong variable, or for a secret that can't be had. */
export async function readPartnerConfig(
  environment?: Readonly<Record<string, string | undefined>>,
): Promise<PartnerConfig> {
  return readSomeWithSecrets(VARIABLES, environment);
}
