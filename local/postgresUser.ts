/**
 * PostgreSQL refuses to run as root. When we are root (containers, mostly), it runs as `nobody`, or
 * as the owner of data that is there already, and keeps its data where it was told to: if a folder above may be entered by root only, it gets
 * the one capability that opens it (CAP_DAC_OVERRIDE), through util-linux's setpriv.
 */
import { chownSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type ChildUser, setprivExists } from "./childProcess.ts";
import { LocalError } from "./localError.ts";

const OTHERS_ENTER = 0o001;

/** The user to run as, which then owns `folder` around the data; undefined when we are not root. */
export function postgresUser(folder: string, data: string, binDir: string): ChildUser | undefined {
  const owner = statSync(data, { throwIfNoEntry: false });
  if (process.getuid?.() !== 0) {
    refuseDataOfOthers(data, owner?.uid);
    return undefined;
  }
  const { uid, gid } = owner === undefined || owner.uid === 0 ? nobody() : owner;
  chownSync(folder, uid, gid);
  const shut = [dirname(folder), binDir].flatMap(ancestors).find(isShut);
  if (shut !== undefined && !setprivExists()) {
    throw new LocalError(
      `PostgreSQL does not run as root, and other users may not enter ${shut}. ` +
        `Run chmod o+x ${shut}, or start as an ordinary user, or install util-linux's setpriv.`,
    );
  }
  return { uid, gid, entersAnyFolder: shut !== undefined };
}

function refuseDataOfOthers(data: string, owner: number | undefined): void {
  if (owner === undefined || owner === process.getuid?.()) return;
  throw new LocalError(
    `${data} belongs to another user (uid ${owner}); a start as root gives it to nobody. ` +
      "Start as root again, or choose another data folder with STOCKLINE_HOME.",
  );
}

function nobody(): { uid: number; gid: number } {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith("nobody:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (uid === undefined || gid === undefined) {
    throw new LocalError(
      "PostgreSQL does not run as root, and /etc/passwd has no user nobody to run it as. " +
        "Start as an ordinary user.",
    );
  }
  return { uid: Number(uid), gid: Number(gid) };
}

function ancestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}

function isShut(folder: string): boolean {
  return (statSync(folder).mode & OTHERS_ENTER) === 0;
}
