/** Makes examples of answers: what differs from run to run is put into one form, long lists are cut, and nothing names this machine. */
import { EXAMPLE_IDS } from "../../api/examples/exampleIds.ts";

/** Rows of a list that are shown. */
const ROWS_MAX = 2;

const FORMS: readonly (readonly [RegExp, string])[] = [
  [/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"2026-03-01T12:00:00.000Z"'],
  [/https?:\/\/(127\.0\.0\.1|localhost)(:\d+)?[^"\\]*/g, "https://storage.example.com/signed"],
  [/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, "eyJhbGciOi.eyJzdWIiOi.signature"],
  [/(slr|slc|whsec)_[\w+/=-]{20,}/g, "$1_…"],
  [/"[0-9a-f]{64}"/g, `"${"0".repeat(64)}"`],
  [/test-[0-9a-f]{12}/g, "stockline"],
];

/** The example that an answer's text makes, as JSON. */
export function answerExample(text: string, documented: (text: string) => string): unknown {
  const formed = FORMS.reduce(
    (now, [form, shown]) => now.replaceAll(form, shown),
    documented(text),
  );
  const known = new Set<string>(Object.values(EXAMPLE_IDS));
  const anonymous = formed.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) =>
    known.has(id) ? id : EXAMPLE_IDS.fresh,
  );
  return shortened(JSON.parse(anonymous));
}

function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, ROWS_MAX).map((one) => shortened(one));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shortened(one)]));
}

/** The source of api/examples/answers.ts. */
export function writeAnswerExamples(examples: ReadonlyMap<string, unknown>): string {
  const sorted = [...examples].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const json = JSON.stringify(Object.fromEntries(sorted), null, 1);
  return `/** Answers that the documented examples got, by operation and status; made by \`npm run docs:client\`, held by examples.test.ts. */
export const ANSWER_EXAMPLES: Readonly<Record<string, unknown>> = ${json};
`;
}
