/**
 * Who acts, and from where, for as long as a request or a run lasts. Transactions tell it to the database (platform/postgres.ts),
 * whose triggers write it into the audit trail; nothing decides by it.
 */
import { AsyncLocalStorage } from "node:async_hooks";

/** What an audit entry says of its author. */
export interface Acting {
  /** Subject of the token, or who asked for the work. */
  readonly actor: string;
  readonly request_id?: string | undefined;
  /** Address that the request came from. */
  readonly address?: string | undefined;
  /** The way of the change, e.g. "patch /v1/items/{id}" or "import <id>". */
  readonly via?: string | undefined;
}

const acting = new AsyncLocalStorage<Acting>();

/** Runs `fn`, and whatever it awaits, in the name of that author. */
export function actAs<T>(author: Acting, fn: () => T): T {
  return acting.run(author, fn);
}

/** The author of what is running now; undefined where the product acts by itself. */
export function actingNow(): Acting | undefined {
  return acting.getStore();
}
