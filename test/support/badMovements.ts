/** Bodies of POST /v1/movements that are refused, with the answer of each: rows B of the bad-input list. */

/** A movement that is right but for what is given. */
export const badLine = (given: object = {}) => ({
  type: "receipt",
  sku: "BOLT",
  warehouse: "MAIN",
  quantity: "1",
  ...given,
});
const raw = (quantity: string): string =>
  `{"type":"receipt","sku":"BOLT","warehouse":"MAIN","quantity":${quantity}}`;

/** What it is, the body (or what makes it), status and code. */
export const BAD_MOVEMENTS: readonly (readonly [string, unknown, number, string])[] = [
  ["B1 id not a UUID", badLine({ id: "abc" }), 422, "id_format"],
  ["B2 id of 10 kB", badLine({ id: "a".repeat(10_000) }), 422, "id_format"],
  ["B8 a key twice", `{"type":"receipt","type":"issue"}`, 400, "duplicate_key"],
  ["B9 number past 2^53", raw("9007199254740993"), 422, "number_unsafe"],
  ["B10 1e400", raw("1e400"), 422, "number_unsafe"],
  ["B10 NaN", badLine({ quantity: "NaN" }), 422, "quantity_format"],
  ["B10 Infinity", badLine({ quantity: "Infinity" }), 422, "quantity_format"],
  ["B11 0", badLine({ quantity: "0" }), 422, "quantity_sign"],
  ["B11 -0", raw("-0"), 422, "quantity_sign"],
  ["B11 1.00005", badLine({ quantity: "1.00005" }), 422, "quantity_format"],
  ["B13 NUL", badLine({ reason: "a\u0000b" }), 422, "nul_char"],
  ["B14 lone surrogate", raw('"1","reason":"\\ud800"'), 400, "bad_unicode"],
  ["B15 look-alike of a SKU", badLine({ sku: "\u0412OLT" }), 422, "unknown_sku"],
  ["B15 zero-width character", badLine({ sku: "BOLT\u200b" }), 422, "code_format"],
  ["B16 infinity", badLine({ occurred_at: "infinity" }), 422, "date_format"],
  ["B16 now", badLine({ occurred_at: "now" }), 422, "date_format"],
  ["B16 30 February", badLine({ occurred_at: "2026-02-30T00:00:00Z" }), 422, "date_format"],
  ["B16 no zone", badLine({ occurred_at: "2026-02-03T00:00:00" }), 422, "date_format"],
  [
    "B17 ten minutes ahead",
    () => badLine({ occurred_at: new Date(Date.now() + 601_000).toISOString() }),
    422,
    "date_future",
  ],
  ["B18 __proto__", '{"__proto__":{"a":1},"type":"receipt"}', 422, "unknown_field"],
  ["B18 role", badLine({ role: "admin" }), 422, "unknown_field"],
  ["B18 unitCost", badLine({ unitCost: "1" }), 422, "unknown_field"],
  ["B19 10,000 deep", "[".repeat(10_000) + "]".repeat(10_000), 400, "json_too_deep"],
  [
    "B19 a million elements",
    `{"movements":[${"1,".repeat(999_999)}1]}`,
    400,
    "json_too_many_values",
  ],
];
