/** Sealed values: what opens them, what does not, and when two blind indexes are the same. */
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  blindIndex,
  openText,
  sealedPrefix,
  sealingKeyOf,
  sealText,
} from "../../platform/cryptoEnvelope.ts";

const key = { id: 7, bytes: randomBytes(32) };
const place = { table: "suppliers", column: "email", rowId: "0199-a" };

test("whatever was sealed is opened as it was, and tells its key", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const plain = text.toWellFormed();
      const sealed = sealText(key, place, plain);
      expect(sealed.startsWith(sealedPrefix(7))).toBe(true);
      expect(sealingKeyOf(sealed)).toBe(7);
      expect(openText(key, place, sealed)).toBe(plain);
    }),
    { numRuns: 50 },
  );
});

test("a sealed value is version, key id, 96-bit IV, tag and ciphertext, and never twice the same", () => {
  const [one, two] = [sealText(key, place, "ada"), sealText(key, place, "ada")];
  expect(one).not.toBe(two);
  const bytes = Buffer.from(one.split(".")[2] ?? "", "base64url");
  expect(bytes.length).toBe(12 + 16 + 3);
});

test.each([
  ["another table", { ...place, table: "users" }],
  ["another column", { ...place, column: "phone" }],
  ["another row", { ...place, rowId: "0199-b" }],
])("moved to %s it does not open", (_, elsewhere) => {
  expect(() => openText(key, elsewhere, sealText(key, place, "ada"))).toThrow("authenticate");
});

test("under another key, or with any bit changed, it does not open", () => {
  const sealed = sealText(key, place, "ada@example.org");
  expect(() => openText({ id: 7, bytes: randomBytes(32) }, place, sealed)).toThrow("authenticate");
  const bytes = Buffer.from(sealed.split(".")[2] ?? "", "base64url");
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    const text = sealedPrefix(7) + changed.toString("base64url");
    expect(() => openText(key, place, text)).toThrow("authenticate");
  }
});

test.each(["", "ada@example.org", "pd1.", "pd1.x.abc", "pd1.7.", "pd2.7.abc"])(
  "%j is plain",
  (text) => {
    expect(sealingKeyOf(text)).toBeUndefined();
  },
);

test.each([
  ["email", " Ada@Example.ORG ", "ada@example.org", true],
  ["email", "ada@example.org", "adb@example.org", false],
  ["phone", "+49 (30) 123-456", "0049 30 123456", true],
  ["phone", "030 123456", "+49 30 123456", false],
] as const)("blind indexes of %s %s and %s are the same: %s", (kind, one, two, same) => {
  const index = randomBytes(32);
  expect(blindIndex(index, kind, one).equals(blindIndex(index, kind, two))).toBe(same);
  expect(blindIndex(index, kind, one).equals(blindIndex(randomBytes(32), kind, one))).toBe(false);
});
