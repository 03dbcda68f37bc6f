/**
 * Finds the Stockline that `npm start` runs on this machine: where it listens and who signs its
 * tokens, from STOCKLINE_HOME/run/instance.json (local/instanceLock.ts writes it). Reads only.
 */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { projectRoot } from "./projectRoot.ts";

const instanceFile = z.object({
  pid: z.int().positive(),
  url: z.url(),
  stopping: z.boolean().default(false),
  signIn: z
    .object({
      issuer: z.string(),
      audience: z.string(),
      jwksUrl: z.string().optional(),
      keyFile: z.string().optional(),
    })
    .optional(),
});

/** A running instance. */
export type LocalInstance = z.output<typeof instanceFile>;

/** The data folder as an absolute path; a relative one is below the checkout, as for `npm start`. */
export function localHome(stocklineHome: string): string {
  return resolve(projectRoot(), stocklineHome);
}

/** Where the development key of a data folder is kept. */
export function localKeyFile(home: string): string {
  return join(home, "keys", "jwt.jwk.json");
}

/** The instance that runs on the data folder; undefined when none does, or it is stopping. */
export async function findLocalInstance(home: string): Promise<LocalInstance | undefined> {
  const text = await readFile(join(home, "run", "instance.json"), "utf8").catch(() => "");
  const found = instanceFile.safeParse(parseJson(text));
  if (!found.success || found.data.stopping || !runs(found.data.pid)) return undefined;
  return found.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No file, or half of one: the same as no instance.
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
