/** Variables of secrets and of personal data. Part of the table in config.ts, which alone reads the environment. */
import { z } from "zod";
import { httpUrl, type Variable } from "./configFields.ts";
import { isSecretReference } from "./secrets.ts";

export const PRIVACY_VARIABLES = {
  DATABASE_PASSWORD_SECRET: {
    schema: z
      .string()
      .refine((text) => isSecretReference(text))
      .optional(),
    expected: '"secretsmanager:<name or ARN>#<member>"',
    description:
      "Secret with the password of DATABASE_URL and DATABASE_READ_URL; asked for again when it is replaced (docs/secrets.md).",
  },
  SECRETS_MANAGER_ENDPOINT: {
    schema: httpUrl.optional(),
    expected: "an http(s) URL",
    description: "Secrets-Manager-compatible endpoint; unset means AWS.",
  },
  PERSONAL_DATA_KMS_KEY: {
    schema: z.string().min(1).max(2_048).optional(),
    expected: "the id, alias or ARN of an AWS KMS key",
    description:
      "KMS key that wraps the keys of personal data (docs/privacy.md). PERSONAL_DATA_KEY_FILE when unset.",
  },
  PERSONAL_DATA_KEY_FILE: {
    schema: z.string().min(1).optional(),
    expected: "path of a file with 64 hexadecimal digits",
    description:
      "Local key that wraps the keys of personal data. Made in STOCKLINE_HOME when unset, except in production.",
  },
  KMS_ENDPOINT: {
    schema: httpUrl.optional(),
    expected: "an http(s) URL",
    description: "KMS-compatible endpoint; unset means AWS.",
  },
} as const satisfies Record<string, Variable>;
