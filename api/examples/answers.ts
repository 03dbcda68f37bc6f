/** Answers that the documented examples got, by operation and status; made by `npm run docs:client`, held by examples.test.ts. */
export const ANSWER_EXAMPLES: Readonly<Record<string, unknown>> = {};
