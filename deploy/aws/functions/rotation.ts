/**
 * The four steps in which Secrets Manager rotates a secret, each safe to repeat: make the next version, let the server take it,
 * try it, make it the current one. What a server is differs: a login of PostgreSQL, the token of a Redis.
 */
import type { Fields, SecretStore } from "./secretVersions.ts";

export interface RotationEvent {
  readonly Step: string;
  readonly SecretId: string;
  readonly ClientRequestToken: string;
}

/** The server behind a secret. */
export interface RotatedServer {
  /** The next version of the fields, with this new password. */
  next(current: Fields, password: string): Fields;
  /** Lets the server take what the next version says, beside what is in use. */
  take(pending: Fields, current: Fields): Promise<void>;
  /** Throws unless the server lets the next version in. */
  check(pending: Fields): Promise<void>;
}

/** Runs one step; throws with a sentence for a step or a version that is not there. */
export async function runRotationStep(
  event: RotationEvent,
  store: SecretStore,
  server: RotatedServer,
): Promise<void> {
  const { Step: step, SecretId: id, ClientRequestToken: token } = event;
  const current = await store.read(id, "AWSCURRENT");
  if (current === undefined) throw new Error(`secret ${id} has no current version`);
  const pending = await store.read(id, "AWSPENDING", token);
  switch (step) {
    case "createSecret":
      if (pending !== undefined) return;
      await store.write(id, server.next(current, await store.newPassword()), token);
      return;
    case "setSecret":
      await server.take(present(pending, event), current);
      return;
    case "testSecret":
      await server.check(present(pending, event));
      return;
    case "finishSecret":
      await store.promote(id, token);
      return;
    default:
      throw new Error(
        `step "${step}" is unknown; expected createSecret, setSecret, testSecret or finishSecret`,
      );
  }
}

function present(pending: Fields | undefined, { Step, SecretId }: RotationEvent): Fields {
  if (pending === undefined) throw new Error(`${Step}: secret ${SecretId} has no pending version`);
  return pending;
}
