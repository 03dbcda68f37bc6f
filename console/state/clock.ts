/** The server's time, as its answers tell it: ages are taken against it, so that a wrong clock here makes nothing look fresh. */

/** Off by less than this, and our own clock is taken; the header tells whole seconds. */
const TOLERATED_MS = 2_000;

let aheadMs = 0;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Learns the server's time from the header Date of an answer. */
export function noteServerTime(answer: Response): void {
  const dateMs = Date.parse(answer.headers.get("date") ?? "");
  if (Number.isNaN(dateMs)) return;
  const foundMs = dateMs - Date.now();
  aheadMs = Math.abs(foundMs) < TOLERATED_MS ? 0 : foundMs;
}

/** The time at the server, in ms since 1970. */
export function serverNow(): number {
  return Date.now() + aheadMs;
}

/** Calls the listener each second while the tab is seen; one timer for all. */
export function onEachSecond(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    if (document.hidden) return;
    for (const one of listeners) one();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
