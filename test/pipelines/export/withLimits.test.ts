/** What a request asked for, as literals inside a query: whatever it holds, the database reads the same value and nothing more. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { NO_LIMITS, withLimits } from "../../../pipelines/export/index.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";

const own = useTestDatabase(1);
const QUERY =
  "select {{sku_prefix}} as prefix, {{warehouses}}::text[] as codes, {{from}}::text as begins, {{to}}::text as ends, {{as_of}}::text as moment";

/** Texts as the API lets them through: no NUL, which jsonb can't hold. */
const anyText = () =>
  fc
    .oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom("'", '"', "\\", "{", "}", ",", "$", "-", ";", "\n", "ü") }),
      fc.constantFrom("'; drop table reports; --", "{{from}}", "\\'", "$&", "null"),
    )
    .map((text) => text.replaceAll("\0", ""));

test("any value comes back as it was given", async () => {
  const given = fc.record({
    warehouses: fc.option(fc.array(anyText(), { maxLength: 3 })),
    skuPrefix: fc.option(anyText(), { nil: undefined }),
    from: fc.option(anyText(), { nil: undefined }),
    to: fc.option(anyText(), { nil: undefined }),
    asOf: fc.option(anyText(), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(given, async (limits) => {
      const { rows } = await own.db.query({ text: withLimits(QUERY, limits) });
      expect(rows).toEqual([
        {
          prefix: limits.skuPrefix ?? "",
          codes: limits.warehouses,
          begins: limits.from ?? null,
          ends: limits.to ?? null,
          moment: limits.asOf ?? null,
        },
      ]);
    }),
    { numRuns: 500 },
  );
});

test("nothing asked for limits nothing", async () => {
  const { rows } = await own.db.query({
    text: withLimits(
      "select {{warehouses}}::text[] is null and starts_with('SKU', {{sku_prefix}}) as all_of_it",
      NO_LIMITS,
    ),
  });
  expect(rows).toEqual([{ all_of_it: true }]);
});

test("a name that nothing answers to is an error of the definition, not a limit left out", () => {
  expect(() => withLimits("select {{form}}", NO_LIMITS)).toThrow(
    "nothing that a report asks for is called form",
  );
});
