/**
 * `token` prints a signed access token of the running local instance and nothing else on standard
 * output. Development key only: an instance with an external issuer gets its tokens from there.
 */
import { type Command, Option } from "commander";
import { isRole, PERMISSIONS, ROLES } from "../domain/roles.ts";
import { signLocalToken } from "../platform/accessTokens.ts";
import type { ClientConfig } from "../platform/config.ts";
import { findLocalInstance, localHome } from "../platform/localInstance.ts";
import { commaList } from "./commaList.ts";
import type { Shell } from "./command.ts";
import { localSigning, noInstance } from "./session.ts";
import { UsageError } from "./usageError.ts";

const LIFETIME_SECONDS_MAX = 24 * 3_600;

interface TokenOptions {
  readonly role: string;
  readonly warehouses?: readonly string[];
  readonly scopes?: readonly string[];
  readonly subject?: string;
  readonly lifetime: string;
}

/** Adds the command. */
export function addTokenCommand(program: Command, shell: Shell): void {
  program
    .command("token")
    .summary("print an access token of the local instance")
    .description(
      "Prints a signed access token of the instance that npm start runs on this machine, and " +
        "nothing else on standard output. Refuses where the instance takes its tokens from an " +
        "external issuer.",
    )
    .addOption(
      new Option("--role <role>", "what the bearer may do").choices(ROLES).makeOptionMandatory(),
    )
    .option("--warehouses <codes>", "limit it to these warehouses, e.g. RTM,LYS", commaList)
    .option("--scopes <names>", "permissions of a service token, e.g. read,movements:write", scopes)
    .option("--subject <name>", "who the bearer is (default: local-<role>)")
    .option("--lifetime <time>", "how long it is good, at most 24h: 90s, 30m, 8h", "8h")
    .action(async (options: TokenOptions) => {
      shell.io.out.write(`${await makeToken(shell.config, options)}\n`);
    });
}

async function makeToken(config: ClientConfig, options: TokenOptions): Promise<string> {
  const instance = await findLocalInstance(localHome(config.STOCKLINE_HOME));
  const signing = localSigning(config, instance);
  if (signing.JWT_JWKS_URL !== undefined) throw externalIssuer(signing.JWT_JWKS_URL);
  if (instance === undefined) throw noInstance(config);
  const { role, warehouses } = options;
  if (!isRole(role)) throw new UsageError(`--role is "${role}"; expected ${ROLES.join(", ")}`);
  return signLocalToken(signing, {
    subject: options.subject ?? `local-${role}`,
    roles: [role],
    ...(options.scopes === undefined ? {} : { scopes: options.scopes }),
    ...(warehouses === undefined ? {} : { warehouses }),
    lifetimeSeconds: lifetimeSeconds(options.lifetime),
  });
}

function externalIssuer(jwksUrl: string): UsageError {
  return new UsageError(
    `This instance takes its tokens from the issuer whose keys are at ${jwksUrl} (JWT_JWKS_URL), ` +
      "so no token can be signed here. Get one from that issuer, and pass it with --token or " +
      "STOCKLINE_TOKEN.",
    "external_issuer",
  );
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };

/** Reads "90s", "30m" or "8h". */
function lifetimeSeconds(text: string): number {
  const [, digits, unit = ""] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const seconds = Number(digits) * (UNIT_SECONDS[unit] ?? Number.NaN);
  if (seconds >= 1 && seconds <= LIFETIME_SECONDS_MAX) return seconds;
  throw new UsageError(`--lifetime is "${text}"; expected 1s to 24h, such as 90s, 30m or 8h`);
}

function scopes(text: string): string[] {
  const names = commaList(text);
  const known: readonly string[] = PERMISSIONS;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new UsageError(`--scopes names "${unknown}"; expected ${PERMISSIONS.join(", ")}`);
}
