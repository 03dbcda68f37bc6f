/** The customer that a line names: asked for at the Customer Base Service, and refused where there is none or it is closed. */
import type { CustomerCheck, CustomerNote } from "../customers/index.ts";
import type { Report } from "./checkLine.ts";
import type { MovementLine } from "./movementLine.ts";

type Standings = Awaited<ReturnType<CustomerCheck["check"]>>;

const NONE: Standings = new Map();

/** How the customers of the lines stand. Throws UnavailableError where the service is down and callers are to be refused. */
export async function checkCustomers(
  customers: Pick<CustomerCheck, "check">,
  lines: readonly MovementLine[],
): Promise<Standings> {
  const references = lines.flatMap(({ customer }) => customer ?? []);
  return references.length === 0 ? NONE : customers.check(references);
}

/** The customer of a line, to be kept with its movement; undefined where it names none. */
export function checkCustomer(
  { customer: reference }: MovementLine,
  standings: Standings,
  report: Report,
): CustomerNote | undefined {
  const standing = reference === undefined ? undefined : standings.get(reference);
  if (reference === undefined || standing === undefined) return undefined;
  const fault = { thing: "customer", found: reference };
  if (standing.status === "unknown") {
    const expected = "the reference of a customer of the Customer Base Service";
    report("customer", "unknown_customer", { ...fault, expected });
  }
  if (standing.status === "closed") {
    report("customer", "customer_closed", { ...fault, expected: "a customer that is not closed" });
  }
  return { reference, ...standing };
}
