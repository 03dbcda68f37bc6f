/** Schemas of signing in. */
import { z } from "zod";
import { emailField, passwordField } from "../users/schema.ts";

const refreshToken = z.string().min(1).max(200);

export const loginBody = z.strictObject({ email: emailField, password: passwordField });
export const refreshBody = z.strictObject({ refresh_token: refreshToken });
export const logoutBody = z.strictObject({
  refresh_token: refreshToken
    .optional()
    .describe("Ends the session of this token; by default that of the access token."),
});
export const ownPasswordBody = z.strictObject({
  current_password: passwordField,
  password: passwordField.describe("At least 10 characters that are hard to guess."),
});

export const sessionOut = z.object({
  access_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: z.int().describe("Seconds that the access token is good for."),
  refresh_token: z
    .string()
    .describe("Exchange it once, at /v1/auth/refresh; a second time ends the session."),
});

/** RFC 6749, 4.4: as a form or as JSON; the client also by HTTP Basic. */
export const tokenBody = z.strictObject({
  grant_type: z.literal("client_credentials"),
  client_id: z.string().max(100).optional(),
  client_secret: z.string().max(200).optional(),
  scope: z.string().max(1_000).optional().describe("Fewer than the client has, by spaces."),
});

export const tokenOut = z.object({
  access_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: z.int(),
  scope: z.string(),
});

export const meOut = z.object({
  subject: z.string(),
  roles: z.array(z.string()),
  permissions: z.array(z.string()),
  warehouses: z.array(z.string()).nullable(),
  session: z.boolean().describe("True where signing out ends it."),
});
