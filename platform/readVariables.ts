/** Reads variables of the environment by their table (config.ts), and words what is wrong with them. */
import type { Environment, Variable } from "./configFields.ts";
import { kafkaFaults } from "./kafkaVariables.ts";
import { sourceFaults } from "./sourceVariables.ts";

/** Reads the values of variables; a sentence for each that is wrong. An empty value counts as unset. */
export function readVariables(
  variables: readonly (readonly [string, Variable])[],
  environment: Environment,
): { values: Record<string, unknown>; sentences: string[] } {
  const values: Record<string, unknown> = {};
  const sentences: string[] = [];
  for (const [name, variable] of variables) {
    const found = environment[name] === "" ? undefined : environment[name];
    const result = variable.schema.safeParse(found);
    if (result.success) values[name] = result.data;
    else sentences.push(sentenceFor(name, variable, found));
  }
  return { values, sentences };
}

function sentenceFor(name: string, variable: Variable, found: string | undefined): string {
  if (found === undefined) return `${name} is not set; expected ${variable.expected}`;
  const shown = variable.secret === true ? "a value that can't be read (not shown)" : `"${found}"`;
  return `${name} is ${shown}; expected ${variable.expected}`;
}

/** Sentences for values that contradict each other. */
export function relationFaults(values: Readonly<Record<string, unknown>>): string[] {
  const faults: string[] = [];
  if (values["STOCKLINE_FAIL_POINTS"] !== undefined && values["NODE_ENV"] !== "test") {
    faults.push("STOCKLINE_FAIL_POINTS is set; expected nothing, since NODE_ENV is not test");
  }
  if (Number(values["PASSWORD_SCRYPT_LN"]) < 14 && values["NODE_ENV"] !== "test") {
    faults.push(
      `PASSWORD_SCRYPT_LN is ${String(values["PASSWORD_SCRYPT_LN"])}; expected 14 or more, since NODE_ENV is not test`,
    );
  }
  if (values["JWT_KEY"] !== undefined && values["JWT_KEY_FILE"] !== undefined) {
    faults.push("JWT_KEY_FILE is set beside JWT_KEY; expected one of the two");
  }
  if (values["S3_ENDPOINT"] !== undefined && values["S3_ACCESS_KEY_ID"] === undefined) {
    faults.push("S3_ACCESS_KEY_ID is not set; expected an access key id, since S3_ENDPOINT is set");
  }
  if (values["S3_ACCESS_KEY_ID"] !== undefined && values["S3_SECRET_ACCESS_KEY"] === undefined) {
    faults.push("S3_SECRET_ACCESS_KEY is not set; expected it beside S3_ACCESS_KEY_ID");
  }
  return [...faults, ...kafkaFaults(values), ...sourceFaults(values)];
}
