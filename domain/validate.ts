/** Checks input against a zod schema and words each fault in the one form: pointer, code, value found, what is expected. */
import type { z } from "zod";
import { describeFault, type InputFault, showValue } from "./errors.ts";
import { FaultList } from "./faultList.ts";

/** Parses `input` or throws InvalidInputError naming the faults. `where` is the pointer of the input's root ("" for a body). */
export function validate<T extends z.ZodType>(schema: T, input: unknown, where = ""): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const faults = new FaultList();
  for (const issue of result.error.issues) {
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) faults.add(() => unknownField(issue, key, where));
    } else {
      faults.add(() => faultOf(issue, input, where));
    }
  }
  throw faults.toError();
}

function pointerTo({ path }: z.core.$ZodIssue, where: string): string {
  return where + path.map((part) => `/${escapePointer(String(part))}`).join("");
}

function unknownField(issue: z.core.$ZodIssue, key: string, where: string): InputFault {
  return {
    pointer: `${pointerTo(issue, where)}/${escapePointer(key)}`,
    code: "unknown_field",
    detail: `field ${showValue(key)} is not known here; remove it or mend its name`,
  };
}

function faultOf(issue: z.core.$ZodIssue, input: unknown, where: string): InputFault {
  const pointer = pointerTo(issue, where);
  const name = String(issue.path.at(-1) ?? "the body");
  const found = valueAt(input, issue.path);
  if (issue.code === "custom") {
    return {
      pointer,
      code: typeof issue.params?.["code"] === "string" ? issue.params["code"] : "invalid",
      detail:
        issue.params?.["worded"] === true
          ? issue.message
          : describeFault({ thing: name, found, expected: issue.message }),
    };
  }
  return {
    pointer,
    code: found === undefined ? "required" : (CODES[issue.code] ?? "invalid"),
    detail: describeFault({ thing: name, found, expected: expectationOf(issue) }),
  };
}

const CODES: Readonly<Record<string, string>> = {
  invalid_type: "wrong_type",
  too_big: "too_big",
  too_small: "too_small",
  invalid_format: "wrong_format",
  invalid_value: "not_allowed",
  invalid_union: "wrong_type",
};

function expectationOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `${issue.expected}`;
    case "invalid_value":
      return `one of ${issue.values.map((value) => showValue(value)).join(", ")}`;
    case "too_big":
      return `at most ${issue.maximum}${unitOf(issue.origin)}`;
    case "too_small":
      return `at least ${issue.minimum}${unitOf(issue.origin)}`;
    case "invalid_format":
      return issue.format === "regex" ? issue.message : `a ${issue.format}`;
    default:
      return issue.message;
  }
}

function unitOf(origin: string): string {
  if (origin === "string") return " characters";
  return origin === "array" ? " entries" : "";
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

function escapePointer(part: string): string {
  return part.replaceAll("~", "~0").replaceAll("/", "~1");
}
