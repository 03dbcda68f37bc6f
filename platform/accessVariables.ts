/** Variables of who may call the API, how tokens are checked, how passwords are kept and how often somebody may call. */
import { z } from "zod";
import { httpUrl, type Variable, whole } from "./configFields.ts";
import { parseRateLimits } from "./rateLimits.ts";

/** A secret that a signing key follows from has this many characters at least. */
export const SECRET_CHARS_MIN = 32;

export const accessVariables = {
  JWT_ISSUER: {
    schema: z.string().min(1).default("https://stockline.local"),
    expected: "the issuer that tokens name",
    description: "Expected iss of access tokens.",
    default: "https://stockline.local",
  },
  JWT_AUDIENCE: {
    schema: z.string().min(1).default("stockline"),
    expected: "the audience that tokens name",
    description: "Expected aud of access tokens.",
    default: "stockline",
  },
  JWT_JWKS_URL: {
    schema: httpUrl.optional(),
    expected: "an http(s) URL",
    description:
      "Keys of an external issuer. When unset, tokens are signed here, with JWT_KEY or JWT_KEY_FILE.",
  },
  JWT_KEY: {
    schema: z.string().min(SECRET_CHARS_MIN).optional(),
    expected: `a private JWK or a set of them, PEM (PKCS #8), or secrets of ${SECRET_CHARS_MIN} characters or more separated by commas`,
    description:
      "Keys that access tokens are signed with, as a value (docs/secrets.md): the first signs, all verify. From a secret store, where there is no place for JWT_KEY_FILE.",
    secret: true,
  },
  JWT_KEY_FILE: {
    schema: z.string().min(1).optional(),
    expected: "path of a JWK file",
    description:
      "The same in a file, usually a private JWK with kid and alg. Made by npm start in STOCKLINE_HOME.",
  },
  RATE_LIMITS: {
    schema: z
      .string()
      .default("")
      .transform((text, check) => {
        const limits = parseRateLimits(text);
        if (limits !== undefined) return limits;
        check.addIssue({ code: "custom", message: "not a list of limits" });
        return z.NEVER;
      }),
    expected:
      "<class>=<requests>/<seconds>s:<burst>, or several separated by commas, such as default=1000/1s:2000",
    description:
      "Limits of requests a client by route class: default, read, write, movements, bulk, public, sign_in (an address), sign_in_account (an account). What is not named stays as docs/security.md says.",
  },
  RATE_LIMIT_INSTANCES: {
    schema: whole(1, 1_000).default(1),
    expected: "a whole number from 1 to 1000",
    description:
      "API processes that share the limits while Redis is away, at least: each then takes its share. The number seen last counts where it is greater.",
    default: "1",
  },
  TRUSTED_PROXY_HOPS: {
    schema: whole(0, 10).default(0),
    expected: "a whole number from 0 to 10",
    description:
      "Proxies in front of the API that append to X-Forwarded-For: the client's address is that many from the right. 0: the header is not read.",
    default: "0",
  },
  CORS_ORIGINS: {
    schema: z
      .string()
      .regex(/^(https?:\/\/[\w.-]+(:\d{1,5})?(,(?!$)|$))*$/)
      .default(""),
    expected: "origins such as https://shop.example, separated by commas",
    description: "Origins whose pages may call the API from a browser; none when unset.",
  },
  PASSWORD_SCRYPT_LN: {
    schema: whole(8, 20).default(15),
    expected: "a whole number from 14 to 20",
    description:
      "Cost of a password's hash: 2^n KiB of memory, three times over. Hashes made with another cost are made anew at the next sign-in.",
    default: "15",
  },
} as const satisfies Record<string, Variable>;
