/** Examples of log levels, the audit trail and personal data. */
import type { RouteExamples } from "./example.ts";

const person = { email: "ada@globex.example" };

export const operationExamples: RouteExamples = {
  "post /v1/log-levels": [
    {
      summary: "Debug lines of the workers for a quarter of an hour",
      body: { process: "workers", level: "debug", minutes: 15 },
      status: 200,
    },
    { summary: "As configured again", body: { level: null }, status: 200 },
  ],
  "get /v1/audit": [
    {
      summary: "Changes of suppliers",
      query: { entity_type: "supplier", limit: "2" },
      status: 200,
    },
  ],
  "post /v1/privacy/export": [
    { summary: "By e-mail", body: person, status: 200 },
    { summary: "A customer", body: { customer: "C-1" }, status: 200 },
  ],
  "post /v1/privacy/erase": [
    { summary: "By e-mail", body: person, status: 200 },
    { summary: "Nobody is named", body: {}, status: 422, code: "email_or_phone" },
  ],
  "post /v1/privacy/rotate-keys": [{ summary: "A new key", status: 202 }],
};
