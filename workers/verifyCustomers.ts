/** Verifies the customers that were accepted while the Customer Base Service was down, again and again. */
import { createCustomerCheck, verifyWaitingCustomers } from "../pipelines/customers/index.ts";
import { createPersonalData } from "../pipelines/privacy/index.ts";
import type { Context } from "../platform/context.ts";
import { repeat } from "../platform/repeat.ts";

const EVERY_MS = 5_000;

/** Starts it; does nothing where no service is configured. */
export function startCustomerWorker(context: Context): { stop(): Promise<void> } {
  const { config, db, log, metrics } = context;
  if (config.CUSTOMER_BASE_URL === undefined) return { stop: () => Promise.resolve() };
  const personal = createPersonalData({ db, wrapper: context.keyWrapper });
  const customers = createCustomerCheck({ ...context, personal });
  return repeat({
    everyMs: EVERY_MS,
    what: "verification of customers",
    log,
    run: async () => {
      const { refused, waiting } = await verifyWaitingCustomers({ db, customers, personal });
      metrics.customersUnverified.set(waiting);
      if (refused > 0) log.warn({ movements: refused }, "customers turned out unknown or closed");
    },
  });
}
