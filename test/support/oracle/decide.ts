/**
 * The single-threaded oracle: decides movements one after another by the rules of the contract, with plain whole numbers and
 * nothing of the product's. It is fed in ledger order and must come to every outcome and balance that the ledger has.
 */
import {
  type Case,
  itemOf,
  levelIn,
  type Oracle,
  type OracleMovement,
  type Verdict,
} from "./books.ts";
import { adjustment, count, incomingMovement, outgoingMovement } from "./flows.ts";
import { arrivalOrLoss, reversal, transfer } from "./journeys.ts";
import { hold, release, reserve, unhold } from "./promises.ts";

/** Decides one movement, and changes the balances where it applies. */
function decide(oracle: Oracle, m: OracleMovement): Verdict {
  const item = itemOf(oracle, m.item);
  const level = levelIn(item, m.warehouse);
  if (m.expectedVersion !== null && m.expectedVersion !== level.version) return "version_conflict";
  if (oracle.closedMonths.has(new Date(m.occurredAt).toISOString().slice(0, 7))) {
    return "period_closed";
  }
  if (item.tracking === "none" && m.lot !== null) return "lot_not_tracked";
  const rule = RULES[m.type];
  if (rule === undefined) throw new Error(`the oracle knows no rule for "${m.type}"`);
  const verdict = rule({ m, item, level, mayGoNegative: oracle.mayGoNegative });
  if (verdict === undefined && FINAL_TYPES.includes(m.type)) item.finals[m.id] = true;
  return verdict;
}

/** What the oracle says of a movement, with its own level as the movement left it. */
export interface OracleResult {
  readonly code: Verdict;
  readonly version: number;
  readonly onHand: number;
}

/** Decides one movement, or the lines of an atomic group: all, or none with the first that can't go saying why. */
export function decideTogether(oracle: Oracle, lines: readonly OracleMovement[]): OracleResult[] {
  const isGroup = lines.length > 1;
  const touched = new Set(isGroup ? lines.map((m) => m.item) : []);
  const before = new Map([...touched].map((item) => [item, structuredClone(itemOf(oracle, item))]));
  const results: OracleResult[] = [];
  for (const [place, m] of lines.entries()) {
    const code = decide(oracle, m);
    const { version, onHand } = levelIn(itemOf(oracle, m.item), m.warehouse);
    results.push({ code, version, onHand });
    if (code === undefined || !isGroup) continue;
    for (const [id, item] of before) oracle.items.set(id, item);
    return lines.map((_, other) => ({
      code: other === place ? code : "atomic_group_rejected",
      version: 0,
      onHand: 0,
    }));
  }
  return results;
}

/** Types that are never taken back. */
const FINAL_TYPES = ["reserve", "release", "arrival", "transit_loss", "reversal"];

const RULES: Record<string, (given: Case) => Verdict> = {
  receipt: incomingMovement,
  return: incomingMovement,
  issue: outgoingMovement,
  supplier_return: outgoingMovement,
  scrap: outgoingMovement,
  adjustment,
  count,
  transfer,
  arrival: arrivalOrLoss,
  transit_loss: arrivalOrLoss,
  reversal,
  reserve,
  release,
  hold,
  unhold,
};
