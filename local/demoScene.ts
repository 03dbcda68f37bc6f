/** What the parts of the demo share: what they work with, and how they show things at the terminal. */
import type { StocklineClient } from "../client/stocklineClient.ts";
import { counted } from "../client/textTable.ts";

/** What each part of the demo works with. */
export interface Demo {
  readonly client: StocklineClient;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  /** The sentences of the summary, in order. */
  readonly summary: string[];
}

/** Opens a part: a heading with a blank line before it. */
export function heading(demo: Demo, text: string): void {
  demo.say(`\n${text}`);
}

/** Shows lines moved in, under their heading. */
export function indented(demo: Demo, text: string): void {
  demo.say(text.replaceAll(/^/gm, "  "));
}

/** "1 row is", "3 rows are": a count with its noun and verb. */
export function countedAre(count: number, noun: string): string {
  return `${counted(count, noun)} ${count === 1 ? "is" : "are"}`;
}
