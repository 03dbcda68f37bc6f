/** What the routes of movements stand on. */
import type { CatalogueLookup } from "../../pipelines/catalogue/index.ts";
import type { CustomerCheck } from "../../pipelines/customers/index.ts";
import type { Intake } from "../../pipelines/intake/index.ts";
import type { OutcomeWaiter } from "../../pipelines/movements/index.ts";
import type { ClosedPeriods } from "../../pipelines/periods/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { PersonalData } from "../../platform/personalData.ts";
import type { Db } from "../../platform/postgres.ts";

export interface MovementDeps {
  readonly db: Db;
  readonly intake: Intake;
  readonly catalogue: CatalogueLookup;
  readonly periods: ClosedPeriods;
  readonly customers: Pick<CustomerCheck, "check" | "indexOf" | "seal">;
  readonly personal: PersonalData;
  readonly waiter: OutcomeWaiter;
  readonly clock: Clock;
}
