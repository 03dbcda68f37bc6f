/** The functions' own variables, set by lib/data.ts; the product's are in platform/config.ts. */

/** Throws with the name of a variable that is not set. */
export function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set`);
  return value;
}
