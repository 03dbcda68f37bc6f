/**
 * Verifies customers that were accepted while the Customer Base Service was down. Their movements stand, whatever comes out: goods
 * that left have left; a customer that turns out unknown or closed is shown as such and counted.
 */
import { UnavailableError } from "../../domain/errors.ts";
import { PERSONAL_TABLES, type PersonalData } from "../../platform/personalData.ts";
import { type DbClient, type DbPool, inTransaction } from "../../platform/postgres.ts";
import type { CustomerCheck } from "./customerCheck.ts";
import type { CustomerStanding } from "./customerStanding.ts";
import { customersVerified, customerWaiting, unverifiedClaim, unverifiedCount } from "./queries.ts";

const CLAIM_MAX = 100;
/** A claim that was not worked off comes free after this. */
const CLAIM_SECONDS = 30;
/** Movements of one customer that one transaction notes: bounds how long their rows are locked. */
const NOTED_MAX = 500;

interface VerifyDeps {
  readonly db: DbPool;
  readonly customers: Pick<CustomerCheck, "ask">;
  readonly personal: PersonalData;
}

/** What a round came to. */
export interface VerifiedRound {
  readonly verified: number;
  /** Movements whose customer turned out to be unknown or closed. */
  readonly refused: number;
  readonly waiting: number;
}

/** One round: some references that wait, asked for one after another; ends early while the service or the keys are away. */
export async function verifyWaitingCustomers(deps: VerifyDeps): Promise<VerifiedRound> {
  let verified = 0;
  let refused = 0;
  try {
    for (const reference of await claimReferences(deps)) {
      const standing = await deps.customers.ask(reference);
      if (standing === undefined) break;
      const movements = await noteStanding(deps, reference, standing);
      if (standing.status === "verified") verified += movements;
      else refused += movements;
    }
  } catch (thrown) {
    if (!(thrown instanceof UnavailableError)) throw thrown;
  }
  return { verified, refused, waiting: await unverifiedCount(deps.db) };
}

async function claimReferences({ db, personal }: VerifyDeps): Promise<Set<string>> {
  await personal.ready();
  const claimed = await unverifiedClaim(db, { limit: CLAIM_MAX, seconds: CLAIM_SECONDS });
  const opened = await personal.openRows(PERSONAL_TABLES.movementCustomers, claimed);
  return new Set(opened.map(({ reference }) => reference));
}

/** Notes the standing on every movement that waits for the reference; answers how many. */
async function noteStanding(
  { db, personal }: VerifyDeps,
  reference: string,
  standing: CustomerStanding,
): Promise<number> {
  for (let noted = 0; ; ) {
    const count = await inTransaction(db, (tx) => noteSome(tx, { personal, reference, standing }));
    noted += count;
    if (count < NOTED_MAX) return noted;
  }
}

async function noteSome(
  tx: DbClient,
  args: { personal: PersonalData; reference: string; standing: CustomerStanding },
): Promise<number> {
  const { personal, reference, standing } = args;
  const index = personal.indexOf("customer", reference);
  const ids = await customerWaiting(tx, { index, reference, limit: NOTED_MAX });
  const { canonical } = standing;
  const canonicals = ids.map((id) => sealCanonical(personal, id, canonical));
  const canonicalIndex =
    canonical === null ? undefined : personal.indexOf("customer", canonical).slice(2);
  const sealedKey = personal.activeKey();
  await customersVerified(tx, { ids, standing, canonicals, canonicalIndex, sealedKey });
  return ids.length;
}

function sealCanonical(
  personal: PersonalData,
  movementId: string,
  canonical: string | null,
): string | null {
  const table = PERSONAL_TABLES.movementCustomers;
  const sealed = personal.sealFields(table, movementId, { canonical })["canonical"];
  return typeof sealed === "string" ? sealed : null;
}
