/** Days of the environment table as the retention that CloudWatch Logs knows. */
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Environment } from "../../environments/environments.ts";

const KNOWN = new Map([
  [14, RetentionDays.TWO_WEEKS],
  [30, RetentionDays.ONE_MONTH],
  [90, RetentionDays.THREE_MONTHS],
]);

/** Throws for a number of days that CloudWatch Logs does not offer. */
export function logDaysOf({ name, logDays }: Environment): RetentionDays {
  const days = KNOWN.get(logDays);
  if (days === undefined) {
    throw new Error(
      `logDays of ${name} is ${logDays}; expected one of ${[...KNOWN.keys()].join(", ")}`,
    );
  }
  return days;
}
