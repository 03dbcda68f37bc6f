/** Every route of the API, each resource with just what it needs. */
import { createCatalogueLookup } from "../pipelines/catalogue/index.ts";
import { createCustomerCheck } from "../pipelines/customers/index.ts";
import { announceEvents, listenToEvents } from "../pipelines/events/index.ts";
import { createIntake, type Intake } from "../pipelines/intake/index.ts";
import { OutcomeWaiter } from "../pipelines/movements/index.ts";
import { createClosedPeriods } from "../pipelines/periods/index.ts";
import { reorderCosts } from "../pipelines/reorder/index.ts";
import { createLevelCache, createLevelReader, type LevelCache } from "../pipelines/stock/index.ts";
import type { Context } from "../platform/context.ts";
import { fileLimitsOf } from "../platform/fileLimits.ts";
import type { PersonalData } from "../platform/personalData.ts";
import { createWakeUps } from "../platform/queues.ts";
import { auditRoutes } from "./audit/routes.ts";
import { authRoutes } from "./auth/routes.ts";
import { consoleRoutes } from "./console/routes.ts";
import { deadLetterRoutes } from "./deadLetters/routes.ts";
import { createEventFollower } from "./events/eventFollower.ts";
import { eventRoutes } from "./events/routes.ts";
import type { Access } from "./http/access.ts";
import type { Route } from "./http/route.ts";
import { createProgressWatch } from "./imports/progressWatch.ts";
import { importRoutes } from "./imports/routes.ts";
import { createUploadPace } from "./imports/uploadPace.ts";
import { itemRoutes } from "./items/routes.ts";
import { jobRoutes } from "./jobs/routes.ts";
import { laneRoutes } from "./lanes/routes.ts";
import { ledgerRoutes } from "./ledger/routes.ts";
import { logLevelRoutes } from "./logLevels/routes.ts";
import { movementRoutes } from "./movements/routes.ts";
import { periodRoutes } from "./periods/routes.ts";
import { privacyRoutes } from "./privacy/routes.ts";
import { purchaseOrderRoutes } from "./purchaseOrders/routes.ts";
import { reorderPlanRoutes } from "./reorderPolicies/planRoutes.ts";
import { reorderPolicyRoutes } from "./reorderPolicies/routes.ts";
import { reportScheduleRoutes } from "./reportSchedules/routes.ts";
import { reportRoutes } from "./reports/routes.ts";
import { serviceClientRoutes } from "./serviceClients/routes.ts";
import { setAsideRoutes } from "./setAside/routes.ts";
import { sinkRoutes } from "./sinks/routes.ts";
import { stockRoutes } from "./stock/routes.ts";
import { supplierItemRoutes } from "./supplierItems/routes.ts";
import { supplierRoutes } from "./suppliers/routes.ts";
import { systemRoutes } from "./system/routes.ts";
import { userRoutes } from "./users/routes.ts";
import { valuationRoutes } from "./valuation/routes.ts";
import { warehouseRoutes } from "./warehouses/routes.ts";
import { webhookRoutes } from "./webhooks/routes.ts";

/** Builds the routes and starts what they stand on; everything started is stopped by the context's lifecycle. */
export function createRoutes(context: Context, access: Access): Route[] {
  const { db, redis, cacheRedis, config, log, metrics, clock, lifecycle } = context;
  const catalogue = createCatalogueLookup({
    db,
    redis,
    redisPrefix: config.REDIS_PREFIX,
    metrics,
    log,
  });
  lifecycle.onStop("catalogue look-ups", () => catalogue.close());
  const intake = createIntake(context);
  lifecycle.onStop("intake", () => intake.close());
  const waiter = new OutcomeWaiter(db);
  const periods = createClosedPeriods(db);
  const { personal } = access;
  const customers = createCustomerCheck({ ...context, personal });
  const cache = createLevelCache(cacheRedis, config.REDIS_PREFIX, metrics);
  const levels = createLevelReader({ db, cache, metrics });
  const deps = { db, catalogue, levels, personal };
  const routes = [
    ...movementRoutes({ db, intake, catalogue, periods, customers, personal, waiter, clock }),
    ...itemRoutes(deps),
    ...warehouseRoutes(deps),
    ...supplierRoutes(deps),
    ...supplierItemRoutes(deps),
    ...reorderPolicyRoutes(deps),
    ...reorderPlanRoutes({ ...deps, clock, costs: reorderCosts(config) }),
    ...valuationRoutes(deps),
    ...stockRoutes(deps),
    ...periodRoutes(deps),
    ...createPurchaseOrderRoutes(context, intake, cache),
    ...createJobRoutes(context),
    ...createReportRoutes(context),
    ...createImportRoutes(context, personal),
    ...createEventRoutes(context, personal),
    ...createLaneRoutes(context, intake),
    ...logLevelRoutes({ db }),
    ...deadLetterRoutes({
      db,
      personal,
      catalogue,
      periods,
      customers,
      clock,
      wakeLanes: (lanes) => intake.wakeLanes(lanes),
    }),
    ...authRoutes({ db, access }),
    ...userRoutes({ db, ...access }),
    ...serviceClientRoutes({ db, ...access }),
    ...auditRoutes({ db }),
    ...createPrivacyRoutes(context, access),
    ...consoleRoutes(),
  ];
  return [...routes, ...systemRoutes(context, routes)];
}

function createPurchaseOrderRoutes(
  { db, clock, config, storage }: Context,
  intake: Intake,
  levels: LevelCache,
): Route[] {
  return purchaseOrderRoutes({
    db,
    clock,
    refuseWhenFull: () => intake.refuseWhenFull(),
    wakeLanes: (lanes) => intake.wakeLanes(lanes),
    receiptTolerancePercent: config.PO_RECEIPT_TOLERANCE_PERCENT,
    approvalLimits: config.PO_APPROVAL_LIMITS,
    storage,
    forgetIncoming: (keys) => levels.forgetIncoming(keys),
  });
}

function createPrivacyRoutes(context: Context, { personal, bearers }: Access): Route[] {
  const { db, clock, config, log, lifecycle, keyWrapper } = context;
  const jobWakeUps = createWakeUps({
    name: "jobs",
    redisUrl: config.REDIS_URL,
    prefix: config.REDIS_PREFIX,
    log,
  });
  lifecycle.onStop("privacy wake-ups", () => jobWakeUps.close());
  return privacyRoutes({ db, clock, personal, bearers, keyWrapper, jobWakeUps });
}

function createJobRoutes({ db, clock, config, log, lifecycle }: Context): Route[] {
  const jobWakeUps = createWakeUps({
    name: "jobs",
    redisUrl: config.REDIS_URL,
    prefix: config.REDIS_PREFIX,
    log,
  });
  lifecycle.onStop("job wake-ups", () => jobWakeUps.close());
  const deps = { db, clock, jobWakeUps };
  return [...jobRoutes(deps), ...ledgerRoutes(deps)];
}

function createImportRoutes(
  { db, config, log, storage, lifecycle }: Context,
  personal: PersonalData,
): Route[] {
  const wakeUps = createWakeUps({
    name: "imports",
    redisUrl: config.REDIS_URL,
    prefix: config.REDIS_PREFIX,
    log,
  });
  lifecycle.onStop("import wake-ups", () => wakeUps.close());
  const progress = createProgressWatch({ db, draining: () => lifecycle.draining });
  lifecycle.onStop("progress streams", () => progress.close());
  return importRoutes({
    db,
    personal,
    storage,
    bucket: config.S3_BUCKET,
    limits: fileLimitsOf(config),
    wakeUps,
    pace: createUploadPace(config, lifecycle),
    progress,
  });
}

function createReportRoutes({ db, config, log, storage, clock, lifecycle }: Context): Route[] {
  const wakeUps = createWakeUps({
    name: "reports",
    redisUrl: config.REDIS_URL,
    prefix: config.REDIS_PREFIX,
    log,
  });
  lifecycle.onStop("report wake-ups", () => wakeUps.close());
  return [
    ...reportRoutes({ db, storage, wakeUps, clock }),
    ...reportScheduleRoutes({ db, clock, config }),
  ];
}

function createLaneRoutes({ db, redis, config }: Context, intake: Intake): Route[] {
  const deps = {
    db,
    wakeLanes: (lanes: Iterable<number>) => intake.wakeLanes(lanes),
    announce: () => announceEvents(redis, config.REDIS_PREFIX),
  };
  return [...laneRoutes(deps), ...setAsideRoutes(deps)];
}

function createEventRoutes(
  { db, redis, config, lifecycle }: Context,
  personal: PersonalData,
): Route[] {
  const prefix = config.REDIS_PREFIX;
  const follower = createEventFollower({
    db,
    listen: () => listenToEvents({ redis, prefix }),
    draining: () => lifecycle.draining,
  });
  lifecycle.onStop("event streams", () => follower.close());
  const announce = (): Promise<void> => announceEvents(redis, prefix);
  const privateAllowed = config.WEBHOOK_PRIVATE_ALLOWED;
  return [
    ...eventRoutes({ db, follower }),
    ...sinkRoutes({ db, announce }),
    ...webhookRoutes({ db, personal, privateAllowed, announce }),
  ];
}
