/**
 * The random passwords of the embedded backends, made once and kept in STOCKLINE_HOME/keys/passwords.json
 * (mode 0600), so that data made by one start can be opened by the next.
 */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "./localBackend.ts";
import { LocalError } from "./localError.ts";

const SECRET_NAMES = ["postgres", "owner", "writer", "reader", "redis"] as const;
const SECRET_BYTES = 24;

/** One password a name; hexadecimal, so it needs no quoting in URLs, SQL or redis.conf. */
export type LocalSecrets = Readonly<Record<(typeof SECRET_NAMES)[number], string>>;

/** Reads the passwords of this data folder, making them (and the folder) first when it is new. */
export function localSecrets(home: string): LocalSecrets {
  const file = join(makeFolder(home, "keys"), "passwords.json");
  if (existsSync(file)) return readSecrets(file);
  const secrets = Object.fromEntries(
    SECRET_NAMES.map((name) => [name, randomBytes(SECRET_BYTES).toString("hex")]),
  );
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
  return readSecrets(file);
}

function readSecrets(file: string): LocalSecrets {
  const read = (name: string, found: unknown): string => {
    if (typeof found === "object" && found !== null && name in found) {
      const value: unknown = Reflect.get(found, name);
      if (typeof value === "string" && /^[0-9a-f]+$/.test(value)) return value;
    }
    throw new LocalError(
      `${file} has no usable password "${name}". Put the file back as it was, ` +
        "or remove the whole data folder to begin anew.",
    );
  };
  const found = parseJson(readFileSync(file, "utf8"));
  return {
    postgres: read("postgres", found),
    owner: read("owner", found),
    writer: read("writer", found),
    reader: read("reader", found),
    redis: read("redis", found),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
