/** Character data of XML as the quick scans read it. Pure. */

/** Characters that no XML text may hold. */
// oxlint-disable-next-line no-control-regex -- these are the characters that XML forbids
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g;
const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/** The text with its references resolved and its line ends as XML reads them; undefined for what only saxes may judge. */
export function readXmlText(raw: string): string | undefined {
  if (FORBIDDEN.test(raw) || raw.includes("]]>")) return undefined;
  const text = raw.includes("\r") ? raw.replaceAll(/\r\n?/g, "\n") : raw;
  if (!text.includes("&")) return text;
  const resolved = text.replaceAll(REFERENCE, resolve);
  const references = text.match(REFERENCE)?.length ?? 0;
  const isWhole = text.split("&").length - 1 === references;
  return isWhole && !FORBIDDEN.test(resolved) ? resolved : undefined;
}

function resolve(_whole: string, name?: string, decimal?: string, hex?: string): string {
  if (name !== undefined) return NAMED[name] ?? "";
  const point = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  // a point that is no character is answered as one that XML forbids
  const isHalf = point >= 0xd800 && point <= 0xdfff;
  return point <= 0x10ffff && !isHalf ? String.fromCodePoint(point) : "\0";
}
