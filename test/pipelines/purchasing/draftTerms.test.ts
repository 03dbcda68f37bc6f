/** What a draft gets where nobody says it. */
import { expect, test } from "vitest";
import { draftTerms } from "../../../pipelines/purchasing/index.ts";

const supplier = { currency: "EUR", lead_time_days: 3, working_days: null, holidays: [] };
const friday = "2026-03-06";
const NOTHING = { currency: undefined, expectedOn: undefined };

test("it is expected after the lead time, in the supplier's working days and past its holidays", () => {
  expect(draftTerms(NOTHING, supplier, friday).expectedOn).toBe("2026-03-09");
  const office = { ...supplier, working_days: ["mon", "tue", "wed", "thu", "fri"] as const };
  expect(draftTerms(NOTHING, office, friday).expectedOn).toBe("2026-03-11");
  const closed = { ...office, holidays: ["2026-03-10"] };
  expect(draftTerms(NOTHING, closed, friday).expectedOn).toBe("2026-03-12");
});

test("what is said goes before it, also where nothing is said to be none; no lead time makes no day", () => {
  const said = { currency: "USD", expectedOn: "2026-05-01" };
  expect(draftTerms(said, supplier, friday)).toEqual(said);
  const none = { currency: null, expectedOn: null };
  expect(draftTerms(none, supplier, friday)).toEqual(none);
  const unknown = { ...supplier, lead_time_days: null };
  expect(draftTerms(NOTHING, unknown, friday)).toEqual({ currency: "EUR", expectedOn: null });
});
