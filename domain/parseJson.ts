/**
 * Strict JSON: what JSON.parse accepts, less what it hides. Repeated keys, lone surrogates, NUL characters, numbers that a
 * double can't hold and deep nesting are refused with a sentence. One linear pass beside the native parser.
 */
import { InvalidInputError, MalformedInputError } from "./errors.ts";

/** Levels of nesting that a body may have. */
const DEPTH_MAX = 32;
/** Elements that one list of a body may have; no route takes more than 10,000. */
const ELEMENTS_MAX = 100_000;
/** Digits that a double holds exactly, whatever they are. */
const EXACT_DIGITS = 15;
/** No double needs more characters than this to be written exactly enough. */
const LITERAL_CHARS_MAX = 40;

/** Parses a JSON text; throws MalformedInputError (400) or InvalidInputError (422 number_unsafe, nul_char). */
export function parseJson(text: string): unknown {
  const members = scan(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedInputError({ code: "json_malformed", detail: "the body is not valid JSON" });
  }
  if (countMembers(value) !== members) {
    throw new MalformedInputError({
      code: "duplicate_key",
      detail: "an object of the body names the same key twice; name each key once",
    });
  }
  return value;
}

/** Walks the text once: counts object members (colons outside strings), checks depth, numbers and escapes. */
function scan(text: string): number {
  let members = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = skipString(text, at);
    else if (code === 0x3a) members += 1;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > DEPTH_MAX) throw tooDeep();
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
    else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) at = skipNumber(text, at);
  }
  return members;
}

function tooManyValues(): MalformedInputError {
  return new MalformedInputError({
    code: "json_too_many_values",
    detail: `a list of the body has more than ${ELEMENTS_MAX} elements; send it in parts`,
  });
}

function tooDeep(): MalformedInputError {
  return new MalformedInputError({
    code: "json_too_deep",
    detail: `the body is nested deeper than ${DEPTH_MAX} levels`,
  });
}

/** Position of the closing quote of the string that opens at `start`. */
function skipString(text: string, start: number): number {
  let escaped = false;
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      if (escaped) checkEscapes(text.slice(start, at + 1));
      return at;
    }
    if (code === 0x5c) {
      escaped = true;
      at += 1;
    }
  }
  return text.length;
}

function checkEscapes(literal: string): void {
  let value: string;
  try {
    value = JSON.parse(literal) as string;
  } catch {
    return; // JSON.parse of the whole reports it
  }
  if (value.includes("\u0000")) {
    const detail = "a text of the body holds the NUL character (\\u0000), which can't be stored";
    throw new InvalidInputError([{ pointer: "", code: "nul_char", detail }], "nul_char");
  }
  if (!value.isWellFormed()) {
    throw new MalformedInputError({
      code: "bad_unicode",
      detail: "a text of the body holds half of a surrogate pair, which is no character",
    });
  }
}

/** Position of the last character of the number that starts at `start`. */
function skipNumber(text: string, start: number): number {
  let at = start;
  while (at < text.length && "+-.eE0123456789".includes(text.charAt(at))) at += 1;
  const literal = text.slice(start, at);
  if (literal.length > EXACT_DIGITS || /[eE]/.test(literal)) checkNumber(literal);
  return at - 1;
}

/** A literal is safe when the double that it becomes, written out again, has the same digits. */
function checkNumber(literal: string): void {
  const value = Number(literal);
  const short = literal.length <= LITERAL_CHARS_MAX;
  if (short && Number.isFinite(value) && digitsOf(literal) === digitsOf(String(value))) return;
  const detail = `number ${literal.slice(0, 40)} can't be held exactly; send it as a string`;
  throw new InvalidInputError([{ pointer: "", code: "number_unsafe", detail }], "number_unsafe");
}

/** Significant digits of a number's text, without sign, point, exponent, leading and trailing zeros. */
function digitsOf(text: string): string {
  return text
    .replace(/[eE].*$/, "")
    .replace(/[^0-9]/g, "")
    .replace(/^0+|0+$/g, "");
}

function countMembers(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    if (value.length > ELEMENTS_MAX) throw tooManyValues();
    for (const element of value) count += countMembers(element);
    return count;
  }
  for (const key of Object.keys(value)) {
    count += 1 + countMembers((value as Record<string, unknown>)[key]);
  }
  return count;
}
