/**
 * Passwords as scrypt hashes (RFC 7914) in PHC form, `$scrypt$ln=15,r=8,p=3$salt$hash`. The parameters are OWASP's for 32 MiB;
 * a hash made with others is still checked, and told to be outdated so that it is made anew at the next sign-in.
 * Hashing runs beside the event loop, a few at a time: more would only take each other's memory and cores.
 */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { UnavailableError } from "../domain/errors.ts";

/** Block size and parallelism; with 2^15 blocks of 1 KiB (PASSWORD_SCRYPT_LN) a hash takes 32 MiB, three times over. */
const R = 8;
const P = 3;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Hashes under way at once; each takes a thread of Node's pool and 32 MiB. */
const SIDE_BY_SIDE = 2;
/** Past this many that wait, callers are sent away: the last of them would wait for ten seconds. */
const WAITING_MAX = 64;
/** No stored hash may make us spend more than this. */
const LOG_N_MAX = 20;

interface Cost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

export interface PasswordHasher {
  /** Hashes a new password. */
  hash(password: string): Promise<string>;
  /**
   * Checks a password against a hash; `undefined` for a user that does not exist takes as long and is never right.
   * Throws UnavailableError (sign_in_busy) when too many wait.
   */
  check(
    password: string,
    stored: string | undefined,
  ): Promise<{ readonly right: boolean; readonly outdated: boolean }>;
  /** A text that tells whether two passwords under the same salt are the same, as dear to guess as a hash. */
  fingerprint(password: string, salt: string): Promise<string>;
}

/** Makes the hasher of a process. */
export function createPasswordHasher(logN: number): PasswordHasher {
  const cost: Cost = { logN, r: R, p: P };
  const derive = limited(deriveKey);
  const hashOf = async (password: string) => {
    const salt = randomBytes(SALT_BYTES);
    return write(cost, salt, await derive(password, salt, cost));
  };
  let nobody: Promise<string> | undefined;
  return {
    hash: hashOf,
    check: async (password, stored) => {
      nobody ??= hashOf(randomBytes(SALT_BYTES).toString("hex"));
      const parsed = read(stored ?? "") ?? read(await nobody);
      if (parsed === undefined) throw new Error("a hash of ours can't be read back");
      const found = await derive(password, parsed.salt, parsed.cost);
      const isRight = timingSafeEqual(found, parsed.hash) && read(stored ?? "") !== undefined;
      return { right: isRight, outdated: isRight && !isSame(parsed.cost, cost) };
    },
    fingerprint: async (password, salt) =>
      (await derive(password, Buffer.from(salt), cost)).toString("base64url"),
  };
}

type Derive = (password: string, salt: Buffer, cost: Cost) => Promise<Buffer>;

const deriveKey: Derive = (password, salt, { logN, r, p }) => {
  const options: ScryptOptions = { N: 2 ** logN, r, p, maxmem: 256 * r * 2 ** logN };
  return new Promise((resolve, reject) => {
    // NFC, so that the same password typed on another system is the same bytes
    scrypt(password.normalize("NFC"), salt, HASH_BYTES, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
};

/** Runs SIDE_BY_SIDE at a time, in the order of asking. */
function limited(derive: Derive): Derive {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (password, salt, cost) => {
    if (running >= SIDE_BY_SIDE) {
      if (waiting.length >= WAITING_MAX) throw busy();
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await derive(password, salt, cost);
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

function busy(): UnavailableError {
  return new UnavailableError({
    code: "sign_in_busy",
    detail: "too many sign-ins wait at this moment; try again shortly",
    retryAfterSeconds: 5,
  });
}

function write({ logN, r, p }: Cost, salt: Buffer, hash: Buffer): string {
  const text = (bytes: Buffer) => bytes.toString("base64").replaceAll("=", "");
  return `$scrypt$ln=${logN},r=${r},p=${p}$${text(salt)}$${text(hash)}`;
}

const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]{16,64})\$([\w+/]{43})$/;

function read(stored: string): { cost: Cost; salt: Buffer; hash: Buffer } | undefined {
  const [, logN, r, p, salt = "", hash = ""] = FORM.exec(stored) ?? [];
  const cost = { logN: Number(logN), r: Number(r), p: Number(p) };
  if (hash === "" || cost.logN > LOG_N_MAX) return undefined;
  return { cost, salt: Buffer.from(salt, "base64"), hash: Buffer.from(hash, "base64") };
}

function isSame(a: Cost, b: Cost): boolean {
  return a.logN === b.logN && a.r === b.r && a.p === b.p;
}
