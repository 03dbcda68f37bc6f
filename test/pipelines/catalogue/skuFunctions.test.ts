/** What the database makes of SKUs to find those that look alike: the short way for plain ASCII and the long way come to the same. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { useTestDatabase } from "../../support/useTestDatabase.ts";

const own = useTestDatabase(2);
const FROM = "АВЕКМНОРСТУХІЈЅԚԜҮӀЗаеорсухіјѕԛԝһкΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορκυχ";
const TO = "ABEKMHOPCTYXIJSQWYI3aeopcyxijsqwhkABEZHIKMNOPTYXaivopkux";

const ODD = Array.from("aZ09 \t\n\r\f\v_./\\#-\u0410\uff57\u00a0\u2003");

const texts = fc.array(
  fc.oneof(
    fc.string({ unit: "grapheme-ascii", maxLength: 20 }),
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.string({ unit: fc.constantFrom(...ODD), maxLength: 12 }),
  ),
  { minLength: 200, maxLength: 400 },
);

test("a SKU's skeleton and its plain code are those of the long way", async () => {
  await fc.assert(
    fc.asyncProperty(texts, async (given) => {
      const { rows } = await own.db.query({
        text: `
          select t, sku_skeleton(t), plain_code(t), long.skeleton, long.plain
          from unnest($1::text[]) as t
          cross join lateral (
            select lower(btrim(regexp_replace(translate(normalize(t, nfkc), $2, $3), '\\s+', ' ', 'g'))) as skeleton,
              regexp_replace(lower(normalize(t, nfkc)), '[\\s_./\\\\#-]+', '', 'g') as plain
          ) long
          where sku_skeleton(t) <> long.skeleton
            or plain_code(t) <> long.plain`,
        values: [given, FROM, TO],
      });
      expect(rows).toEqual([]);
    }),
    { numRuns: 20 },
  );
});
