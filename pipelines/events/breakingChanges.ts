/**
 * Holds a schema against its earlier form: within a version only additions are allowed. New members may come, optional or not, and
 * new values of an enumeration; whatever else was said must still be said. Pure.
 */

/** Members that tell a reader something and decide nothing. */
const WORDS = new Set(["title", "description", "examples", "$comment"]);

/** What the later schema says otherwise than the earlier one, each as a sentence; empty where it only adds. */
export function breakingChanges(before: unknown, after: unknown, place = ""): string[] {
  if (!isObject(before) || !isObject(after)) {
    return isSame(before, after) ? [] : [`${place} was ${show(before)} and is ${show(after)}`];
  }
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) =>
    WORDS.has(name) ? [] : memberChanges(name, { before, after, place: `${place}/${name}` }),
  );
}

interface Pair {
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
  readonly place: string;
}

function memberChanges(name: string, { before, after, place }: Pair): string[] {
  const [was, is] = [before[name], after[name]];
  if (name === "properties") return propertyChanges(was, is, place);
  if (name === "required") return missing(was, is, `${place} no longer names`);
  if (name === "enum") return missing(was, is, `${place} no longer allows`);
  if (Array.isArray(was) && Array.isArray(is) && was.length === is.length) {
    return was.flatMap((one, nth) => breakingChanges(one, is[nth], `${place}/${nth}`));
  }
  return breakingChanges(was, is, place);
}

function propertyChanges(was: unknown, is: unknown, place: string): string[] {
  if (!isObject(was)) return [];
  const now = isObject(is) ? is : {};
  return Object.entries(was).flatMap(([name, schema]) =>
    name in now
      ? breakingChanges(schema, now[name], `${place}/${name}`)
      : [`${place}/${name} was removed`],
  );
}

/** A list may grow, never shrink. */
function missing(was: unknown, is: unknown, said: string): string[] {
  const now = Array.isArray(is) ? is : [];
  return (Array.isArray(was) ? was : []).flatMap((one) =>
    now.includes(one) ? [] : [`${said} ${show(one)}`],
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function show(value: unknown): string {
  return value === undefined ? "not there" : JSON.stringify(value);
}
