/**
 * Takes the JSON log lines of one product process: all go to its log file; errors also to the
 * terminal, one short line each and not over and over; the line that says "ready" is recognised.
 */
import { createWriteStream } from "node:fs";

const LEVEL_ERROR = 50; // pino's number; fatal is 60.
const REPEAT_MS = 10_000; // The same error is shown again only after this long.

export interface ProductLogOptions {
  readonly name: string;
  readonly file: string;
  /** The `msg` that tells that the process is ready. */
  readonly readyMessage?: string | undefined;
  readonly onReady?: (() => void) | undefined;
  /** Shows a line at the terminal. */
  readonly say: (line: string) => void;
}

export interface ProductLog {
  readonly onLine: (line: string) => void;
  close(): void;
}

/** Opens the log file for appending. */
export function openProductLog(options: ProductLogOptions): ProductLog {
  const file = createWriteStream(options.file, { flags: "a", mode: 0o600 });
  const shown = new Map<string, number>();
  const showError = (line: string): void => {
    const text = errorText(line);
    const now = Date.now();
    if (text === undefined || now - (shown.get(text) ?? 0) < REPEAT_MS) return;
    if (shown.size > 1_000) shown.clear(); // A bound; repeats are then shown once more.
    shown.set(text, now);
    options.say(`${options.name}: ${text}`);
  };
  const ready = options.readyMessage && `"msg":${JSON.stringify(options.readyMessage)}`;
  return {
    onLine: (line) => {
      file.write(`${line}\n`);
      if (ready !== undefined && line.includes(ready)) options.onReady?.();
      if (levelOf(line) >= LEVEL_ERROR) showError(line);
    },
    close: () => file.end(),
  };
}

/** The level of a pino line, whose first field it is; 0 for anything else. Cheap: most are info. */
function levelOf(line: string): number {
  return Number(/^\{"level":(\d+)/.exec(line)?.[1] ?? 0);
}

function errorText(line: string): string | undefined {
  try {
    const record: unknown = JSON.parse(line);
    if (typeof record !== "object" || record === null) return undefined;
    const message = textAt(record, "msg");
    const error: unknown = Reflect.get(record, "err");
    const cause = typeof error === "object" && error !== null ? textAt(error, "message") : "";
    return [message, cause].filter((part) => part !== "").join(": ");
  } catch {
    return undefined;
  }
}

function textAt(record: object, name: string): string {
  const value: unknown = Reflect.get(record, name);
  return typeof value === "string" ? (value.split("\n")[0] ?? "") : "";
}
