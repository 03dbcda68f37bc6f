/**
 * Verifies customers that were accepted while the Customer Base Service was down. Their movements stand, whatever comes out: goods
 * that left have left; a customer that turns out unknown or closed is shown as such and counted.
 */
import { UnavailableError } from "../../domain/errors.ts";
import type { Db } from "../../platform/postgres.ts";
import type { CustomerCheck } from "./customerCheck.ts";
import { customerVerified, unverifiedClaim, unverifiedCount } from "./queries.ts";

const CLAIM_MAX = 100;
/** A claim that was not worked off comes free after this. */
const CLAIM_SECONDS = 30;

/** What a round came to. */
export interface VerifiedRound {
  readonly verified: number;
  /** Movements whose customer turned out to be unknown or closed. */
  readonly refused: number;
  readonly waiting: number;
}

/** One round: some references that wait, asked for one after another; ends early while the service is down. */
export async function verifyWaitingCustomers(
  db: Db,
  customers: Pick<CustomerCheck, "ask">,
): Promise<VerifiedRound> {
  const claimed = await unverifiedClaim(db, { limit: CLAIM_MAX, seconds: CLAIM_SECONDS });
  let verified = 0;
  let refused = 0;
  try {
    for (const reference of new Set(claimed)) {
      const standing = await customers.ask(reference);
      if (standing === undefined) break;
      const movements = await customerVerified(db, reference, standing);
      if (standing.status === "verified") verified += movements;
      else refused += movements;
    }
  } catch (thrown) {
    if (!(thrown instanceof UnavailableError)) throw thrown;
  }
  return { verified, refused, waiting: await unverifiedCount(db) };
}
