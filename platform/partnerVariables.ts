/** Variables of the partner services: where events are routed to. Part of the table in config.ts, which alone reads the environment. */
import { z } from "zod";

const serviceUrl = z.url({ protocol: /^https?$/ }).optional();
const expected = "an http(s) URL";
const routed = (name: string) =>
  `Base URL of the ${name} service, for the event processor; nothing is routed to it when unset.`;

export const PARTNER_VARIABLES = {
  PAYMENTS_URL: { schema: serviceUrl, expected, description: routed("Payments") },
  LOCATIONS_URL: { schema: serviceUrl, expected, description: routed("Locations") },
  ANALYTICS_URL: { schema: serviceUrl, expected, description: routed("Analytics") },
  PARTNER_SIGNING_SECRET: {
    schema: z
      .string()
      .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/)
      .optional(),
    expected: "whsec_ and 24 bytes or more in base64",
    description: "Signs what the event processor sends (docs/partners.md); unsigned when unset.",
    secret: true,
  },
  PARTNER_TIMEOUT_MS: {
    schema: z.coerce.number().int().min(100).max(30_000).default(3_000),
    expected: "a whole number of milliseconds from 100 to 30000",
    description: "How long a partner service may take for one answer.",
    default: "3000",
  },
  CUSTOMER_BASE_URL: {
    schema: serviceUrl,
    expected,
    description:
      "Base URL of the Customer Base Service, which the customers of issues and returns are held against; none are when unset.",
  },
  CUSTOMER_BASE_TOKEN: {
    schema: z.string().min(1).optional(),
    expected: "a bearer token",
    description: "Token for the Customer Base Service.",
    secret: true,
  },
  CUSTOMER_BASE_TIMEOUT_MS: {
    schema: z.coerce.number().int().min(50).max(10_000).default(500),
    expected: "a whole number of milliseconds from 50 to 10000",
    description: "How long the Customer Base Service may take for one answer.",
    default: "500",
  },
  CUSTOMER_BASE_WHEN_DOWN: {
    schema: z.enum(["accept", "refuse"]).default("accept"),
    expected: "accept or refuse",
    description:
      "While the Customer Base Service is down: accept customers unverified and verify them later, or refuse with 503.",
    default: "accept",
  },
  CUSTOMER_CACHE_SECONDS: {
    schema: z.coerce.number().int().min(1).max(86_400).default(300),
    expected: "a whole number of seconds from 1 to 86400",
    description: "How long the standing of a customer is kept in Redis.",
    default: "300",
  },
} as const;
