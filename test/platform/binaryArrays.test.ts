/** Arrays in binary form, read back by PostgreSQL itself. */
import { expect, test } from "vitest";
import {
  hexBytesArray,
  int8Array,
  placeArray,
  timestampArray,
} from "../../platform/binaryArrays.ts";
import { useTestDatabase } from "../support/useTestDatabase.ts";

const own = useTestDatabase(1);

async function readBack(type: string, values: Buffer): Promise<(string | null)[]> {
  const { rows } = await own.db.query<{ texts: (string | null)[] }>(
    `select array(select e::text from unnest($1::${type}[]) with ordinality as u (e, nth) order by nth) as texts`,
    [values],
  );
  return rows[0]?.texts ?? [];
}

test.each([
  [
    "bigint",
    int8Array([0, 1, -1, null, 4_294_967_296, -4_294_967_297, Number.MAX_SAFE_INTEGER]),
    ["0", "1", "-1", null, "4294967296", "-4294967297", "9007199254740991"],
  ],
  [
    "timestamptz",
    timestampArray([0, 946_684_800_000, 1_795_000_000_123, -1]),
    [
      "1970-01-01 00:00:00+00",
      "2000-01-01 00:00:00+00",
      "2026-11-18 11:06:40.123+00",
      "1969-12-31 23:59:59.999+00",
    ],
  ],
  [
    "tid",
    placeArray(["(0,1)", "(4294967294,65535)", "(70000,12)"]),
    ["(0,1)", "(4294967294,65535)", "(70000,12)"],
  ],
  ["bytea", hexBytesArray(["00ff", null, "", "c0de"]), ["\\x00ff", null, "\\x", "\\xc0de"]],
])("%s[] arrives as it was sent, also without an element", async (type, values, texts) => {
  expect(await readBack(type, values)).toEqual(texts);
  const empty = {
    bigint: int8Array,
    tid: placeArray,
    bytea: hexBytesArray,
    timestamptz: timestampArray,
  };
  expect(await readBack(type, empty[type as keyof typeof empty]([]))).toEqual([]);
});
