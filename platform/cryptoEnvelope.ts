/**
 * The form of a sealed value: AES-256-GCM under a data key, bound to its table, column and row, so that a value copied elsewhere
 * opens nowhere. Text "pd1.<key id>.<base64url of 96-bit IV ‖ tag ‖ ciphertext>"; "pd1" is the version. Pure; keys come as arguments.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";

/** Where a value stands. */
export interface SealedPlace {
  readonly table: string;
  readonly column: string;
  readonly rowId: string;
}

/** A key that values are sealed with. */
export interface DataKey {
  readonly id: number;
  /** 32 bytes. */
  readonly bytes: Buffer;
}

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^pd1\.(\d{1,9})\.([\w-]+)$/;

/** What every value under that key begins with. */
export function sealedPrefix(keyId: number): string {
  return `pd1.${keyId}.`;
}

/** The key that a text is sealed with; undefined for a plain text. */
export function sealingKeyOf(text: string): number | undefined {
  const id = SEALED.exec(text)?.[1];
  return id === undefined ? undefined : Number(id);
}

/** Seals a text with a fresh IV. */
export function sealText(key: DataKey, place: SealedPlace, text: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key.bytes, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(boundTo(place));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  const value = Buffer.concat([iv, cipher.getAuthTag(), sealed]);
  return sealedPrefix(key.id) + value.toString("base64url");
}

/** Opens a sealed text; throws where it was changed, or belongs to another place or key. */
export function openText(key: DataKey, place: SealedPlace, sealed: string): string {
  const value = Buffer.from(SEALED.exec(sealed)?.[2] ?? "", "base64url");
  const decipher = createDecipheriv(CIPHER, key.bytes, value.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(boundTo(place));
  decipher.setAuthTag(value.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  const text = decipher.update(value.subarray(IV_BYTES + TAG_BYTES));
  return Buffer.concat([text, decipher.final()]).toString("utf8");
}

function boundTo({ table, column, rowId }: SealedPlace): Buffer {
  return Buffer.from(`${table}\n${column}\n${rowId}`);
}

/** What a blind index is made of: e-mail addresses, phone numbers and references of customers, each in the one form that equal ones share. */
export type IndexedKind = "email" | "phone" | "customer" | "request";

/** HMAC-SHA-256 of the normalised text: equal for equal values, and nothing to whoever lacks the key. */
export function blindIndex(key: Buffer, kind: IndexedKind, text: string): Buffer {
  return createHmac("sha256", key)
    .update(`${kind}\n${NORMAL_FORMS[kind](text)}`)
    .digest();
}

const NORMAL_FORMS: Readonly<Record<IndexedKind, (text: string) => string>> = {
  email: (text) => text.normalize("NFKC").trim().toLowerCase(),
  phone: (text) => {
    const digits = text.normalize("NFKC").replaceAll(/[^\d+]/g, "");
    return digits.replace(/^00/, "+").replaceAll(/(?!^)\+/g, "");
  },
  customer: (text) => text,
  request: (text) => text,
};
