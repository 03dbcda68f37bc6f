/** Statements that belong to recorded work as spans of it: by their names, without values. Put on connections only while tracing is on. */
import type { ClientBase } from "pg";
import { toError } from "../domain/errors.ts";
import { inCallSpan } from "./tracing.ts";

type Callback = (error: unknown, result: unknown) => void;

/** Makes spans of what the connection is asked from now on; streams (COPY) are left as they are. */
export function traceStatements(client: ClientBase): void {
  const query: unknown = client.query.bind(client);
  if (typeof query !== "function") return;
  Object.defineProperty(client, "query", {
    value: (...args: readonly unknown[]): unknown => {
      const name = statementName(args[0]);
      const ask = (given: readonly unknown[]): unknown => Reflect.apply(query, client, given);
      if (name === undefined) return ask(args);
      const attributes = { "db.system.name": "postgresql", "db.operation.name": name };
      const span = <T>(fn: () => Promise<T>) => inCallSpan(`postgres ${name}`, attributes, fn);
      const callback = args.at(-1);
      if (!isCallback(callback)) return span(async () => ask(args));
      const answered = new Promise<unknown>((resolve, reject) => {
        const settle: Callback = (error, result) => {
          if (error === null || error === undefined) resolve(result);
          else reject(toError(error));
          callback(error, result);
        };
        ask([...args.slice(0, -1), settle]);
      });
      void span(() => answered).catch(() => undefined); // the callback has it
      return undefined;
    },
  });
}

function isCallback(value: unknown): value is Callback {
  return typeof value === "function";
}

/** The name that a statement was given, else its first word; undefined for what is no statement. */
function statementName(asked: unknown): string | undefined {
  if (typeof asked === "string") return firstWord(asked);
  if (typeof asked !== "object" || asked === null || "submit" in asked) return undefined;
  if ("name" in asked && typeof asked.name === "string") return asked.name;
  return "text" in asked && typeof asked.text === "string" ? firstWord(asked.text) : undefined;
}

function firstWord(text: string): string | undefined {
  return /[a-z]+/i.exec(text)?.[0].toLowerCase();
}
