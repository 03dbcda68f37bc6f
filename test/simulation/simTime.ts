/**
 * Simulated time: a queue of things to come, run one after another in the order of their times, and the clock and timers of the
 * process bent to it while a run lasts. Between two of them every promise that can go on goes on, so a run is the same each time.
 */

interface Timer {
  readonly at: number;
  readonly nth: number;
  readonly run: () => void;
  isOff: boolean;
  unref(): Timer;
}

const realImmediate = setImmediate;
const realClearTimeout = clearTimeout;
/** What the simulated clock of the processes shows at the run's beginning: 20 November 2026, noon UTC. */
export const EPOCH_MS = Date.UTC(2026, 10, 20, 12);

export class SimTime {
  now = 0;
  readonly #heap: Timer[] = [];
  #nth = 0;

  /** Calls back after so many milliseconds; calls of the same time come in the order in which they were asked for. */
  after(ms: number, run: () => void): Timer {
    this.#nth += 1;
    const timer: Timer = {
      at: this.now + Math.max(0, ms),
      nth: this.#nth,
      run,
      isOff: false,
      unref: () => timer,
    };
    this.#push(timer);
    return timer;
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Runs until the condition holds, or the time is over; answers whether it held. */
  async runUntil(isDone: () => boolean, untilMs: number): Promise<boolean> {
    for (let turn = 1; ; turn += 1) {
      await allPromises(turn);
      if (isDone()) return true;
      const next = this.#pop();
      if (next === undefined) return false;
      if (next.at > untilMs) {
        this.#push(next);
        return false;
      }
      this.now = next.at;
      next.run();
    }
  }

  /** Bends timers and clocks to this time; answers how to let go of them. */
  install(): () => void {
    const { setTimeout: timeout, clearTimeout: clear } = globalThis;
    const dateNow = Date.now;
    Object.assign(globalThis, {
      setTimeout: (run: () => void, ms = 0) => this.after(ms, run),
      clearTimeout: (timer: Timer | NodeJS.Timeout | undefined) => {
        if (timer !== undefined && "isOff" in timer) timer.isOff = true;
        else realClearTimeout(timer);
      },
    });
    Date.now = () => EPOCH_MS + Math.floor(this.now);
    performance.now = () => this.now;
    return () => {
      Object.assign(globalThis, { setTimeout: timeout, clearTimeout: clear });
      Date.now = dateNow;
      Reflect.deleteProperty(performance, "now");
    };
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(timer, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): Timer | undefined {
    for (let top = this.#popAny(); top !== undefined; top = this.#popAny()) {
      if (!top.isOff) return top;
    }
    return undefined;
  }

  #popAny(): Timer | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || top === last) return top;
    let at = 0;
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
      if (left === undefined) break;
      const least = right !== undefined && isBefore(right, left) ? right : left;
      if (!isBefore(least, last)) break;
      heap[at] = least;
      at = least === left ? 2 * at + 1 : 2 * at + 2;
    }
    heap[at] = last;
    return top;
  }
}

/**
 * Waits until every promise that can go on has gone on: ticks come after all of them. Once in a while the event loop has its
 * turn too, so that the test runner hears from us.
 */
function allPromises(turn: number): Promise<void> {
  return new Promise((resolve) => {
    if (turn % 2_000 === 0) realImmediate(resolve);
    else process.nextTick(resolve);
  });
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.at < other.at || (one.at === other.at && one.nth < other.nth);
}
