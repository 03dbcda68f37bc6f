/**
 * Waits until a child process answers, and turns each way it can fail into a sentence with the
 * last lines of its log. Also starts a child again on another port when somebody took the first.
 */
import { get } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { LocalChild } from "./childProcess.ts";
import { freePort } from "./freePort.ts";
import { LocalError } from "./localError.ts";

const PROBE_INTERVAL_MS = 25;
const PROBE_TIMEOUT_MS = 2_000;
/** A crash recovery of a large database, or an emulator that is one of a dozen on two cores. */
const READY_TIMEOUT_MS = 120_000;
const STARTS_MAX = 3;

/** Polls `probe` until it says true. When it cannot, the child is stopped and a sentence thrown. */
export async function awaitReady(
  child: LocalChild,
  probe: () => Promise<boolean>,
  timeoutMs: number = READY_TIMEOUT_MS,
): Promise<void> {
  try {
    await poll(child, probe, timeoutMs);
  } catch (error) {
    await child.stop();
    throw error;
  }
}

async function poll(
  child: LocalChild,
  probe: () => Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await probe())) {
    if (child.hasExited()) throw await endedEarly(child);
    if (Date.now() > deadline) {
      const seconds = timeoutMs / 1000;
      throw new LocalError(`${child.name} did not answer within ${seconds} s.${tailOf(child)}`);
    }
    await pause(PROBE_INTERVAL_MS);
  }
}

/** A port asked for, or a free one; with a free one a start that fails is tried again elsewhere. */
export async function startOnPort<T>(
  port: number | undefined,
  start: (port: number) => Promise<T>,
): Promise<T> {
  if (port !== undefined) return start(port);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === STARTS_MAX) throw error;
    }
  }
}

/** Whether anything answers HTTP at this address; its status does not matter unless given. */
export function answers(url: string, status?: number): Promise<boolean> {
  return new Promise((resolve) => {
    // No agent: a connection kept alive would hold up the server's shutdown.
    const request = get(url, { agent: false, timeout: PROBE_TIMEOUT_MS }, (response) => {
      response.resume();
      resolve(status === undefined || response.statusCode === status);
    });
    request.once("timeout", () => request.destroy());
    request.once("error", () => resolve(false));
  });
}

class PortTaken extends LocalError {}

async function endedEarly(child: LocalChild): Promise<LocalError> {
  const { code, signal } = await child.exited;
  const text = `${child.name} ended at once (${signal ?? `status ${code}`}).${tailOf(child)}`;
  return /in use|EADDRINUSE/i.test(child.logTail()) ? new PortTaken(text) : new LocalError(text);
}

function tailOf(child: LocalChild): string {
  const tail = child.logTail();
  return tail === "" ? "" : ` Its log ends:\n${tail.replaceAll(/^/gm, "  ")}`;
}
