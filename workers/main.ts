/** The workers process: applies movements, reads imports and streams, writes reports, publishes events. Run as many as the load calls for. */

import { BacklogWatch } from "../pipelines/backlog/index.ts";
import { watchLogLevel } from "../pipelines/logLevels/index.ts";
import { createContext, readConfigOrExit, refuseEvictingRedis } from "../platform/context.ts";
import { startProbe } from "../platform/httpProbe.ts";
import { stopOnSignals } from "../platform/lifecycle.ts";
import { startTracing } from "../platform/startTracing.ts";
import { startAnnounceRestoresWorker } from "./announceRestores.ts";
import { startApplyWorker } from "./applyLanes.ts";
import { startExportReportWorker } from "./exportReport.ts";
import { startImportWorker } from "./importFile.ts";
import { startIngestWorker } from "./ingestStreams.ts";
import { startPublishEventsWorker } from "./publishEvents.ts";
import { startCustomerWorker } from "./verifyCustomers.ts";

const config = await readConfigOrExit();
const tracing = await startTracing(config, "workers");
const context = createContext("workers", config);
const { log, lifecycle, metrics } = context;
lifecycle.onStop("traces", () => tracing?.stop());
await refuseEvictingRedis(context);
stopOnSignals(lifecycle, log, config.SHUTDOWN_GRACE_SECONDS);
const logLevel = watchLogLevel("workers", context);
lifecycle.onStop("log level", () => logLevel.stop());
const probe = await startProbe({ host: config.HOST, port: config.PORT, metrics });
lifecycle.onStop("probe", () => {
  probe.close();
});
const backlog = new BacklogWatch({ db: context.db, metrics, countMax: config.INBOX_DEPTH_MAX });
lifecycle.onStop("backlog watch", () => backlog.stop());
const workers = {
  publish: startPublishEventsWorker(context),
  apply: startApplyWorker(context),
  reports: startExportReportWorker(context),
  imports: startImportWorker(context),
  sources: startIngestWorker(context, backlog),
  restores: startAnnounceRestoresWorker(context),
  customers: startCustomerWorker(context),
};
for (const [name, worker] of Object.entries(workers)) lifecycle.onStop(name, () => worker.stop());
log.info("workers ready");
