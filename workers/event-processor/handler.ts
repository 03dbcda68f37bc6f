/**
 * The event processor: an AWS Lambda function on the Kinesis stream of events. Its answer names the first record of each shard that
 * was not delivered (ReportBatchItemFailures), so Lambda delivers from there again. Built by `npm run build:event-processor`.
 */
import { LRUCache } from "lru-cache";
import {
  PARTNER_ROUTES,
  type ProcessDeps,
  processRecords,
  type StreamRecord,
} from "../../pipelines/partners/index.ts";
import { systemClock } from "../../platform/clock.ts";
import { createLog } from "../../platform/log.ts";
import { createPartnerClient } from "../../platform/partnerClient.ts";
import { type PartnerConfig, readPartnerConfig } from "../../platform/partnerConfig.ts";

/** What is remembered between batches, as long as the function's instance lives. */
const TAKEN_MAX = 100_000;
const TAKEN_MS = 15 * 60_000;

interface StreamEvent {
  readonly Records: readonly StreamRecord[];
}

interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

type Handler = (event: StreamEvent) => Promise<BatchAnswer>;

const SERVICE_VARIABLES = ["PAYMENTS_URL", "LOCATIONS_URL", "ANALYTICS_URL"] as const;

/** Makes the handler of a configuration. */
function createHandler(config: PartnerConfig): Handler {
  const log = createLog({ process: "event-processor", level: config.LOG_LEVEL });
  const without = SERVICE_VARIABLES.filter((name) => config[name] === undefined);
  if (without.length > 0) log.warn({ without }, "services without an address get no events");
  const deps: ProcessDeps = {
    table: PARTNER_ROUTES,
    services: {
      ...(config.PAYMENTS_URL === undefined ? {} : { payments: config.PAYMENTS_URL }),
      ...(config.LOCATIONS_URL === undefined ? {} : { locations: config.LOCATIONS_URL }),
      ...(config.ANALYTICS_URL === undefined ? {} : { analytics: config.ANALYTICS_URL }),
    },
    send: createPartnerClient({
      timeoutMs: config.PARTNER_TIMEOUT_MS,
      secret: config.PARTNER_SIGNING_SECRET,
      now: systemClock.now,
      random: Math.random,
    }),
    taken: new LRUCache({ max: TAKEN_MAX, ttl: TAKEN_MS }),
    log,
  };
  return async ({ Records }) => {
    const failed = await processRecords(deps, Records);
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

let made: Handler | undefined;

/** What Lambda calls. A wrong configuration, or a secret that can't be had, fails the call with a sentence; the next one tries again. */
export async function handler(event: StreamEvent): Promise<BatchAnswer> {
  made ??= createHandler(await readPartnerConfig());
  return made(event);
}
