/**
 * The main job in front of the reader's eyes, through the public API alone: import, stock, low stock,
 * purchase orders, a report, the proof of the ledger, and a summary. Every figure is what the API
 * answered, every duration was measured. On data of an earlier run it says so and goes on.
 */
import { createStocklineClient } from "../client/stocklineClient.ts";
import { duration } from "../client/textTable.ts";
import { StocklineError } from "../domain/errors.ts";
import { signLocalToken } from "../platform/accessTokens.ts";
import { readClientConfig } from "../platform/config.ts";
import { importSamples } from "./demoImports.ts";
import { draftOrders } from "./demoOrders.ts";
import { verifyBooks, writeReport } from "./demoProofs.ts";
import type { Demo } from "./demoScene.ts";
import { detectLowStock, showStock } from "./demoStock.ts";
import { LocalError } from "./localError.ts";
import type { RunningStockline } from "./startStockline.ts";

const TOKEN_SECONDS = 8 * 3_600;

export interface DemoOptions {
  readonly running: RunningStockline;
  readonly abort: AbortSignal;
  /** Shows lines at the terminal. */
  readonly say: (text: string) => void;
}

/** Runs the whole demo; throws LocalError with a sentence where a part of it fails. */
export async function runDemo({ running, abort, say }: DemoOptions): Promise<void> {
  const begunMs = performance.now();
  const token = await demoToken(running);
  const client = createStocklineClient({
    url: running.url,
    token: async () => token,
    signal: abort,
  });
  const demo: Demo = { client, signal: abort, say, summary: [] };
  try {
    for (const part of [importSamples, showStock, detectLowStock, draftOrders, writeReport]) {
      await part(demo);
    }
    await verifyBooks(demo);
  } catch (error) {
    if (error instanceof StocklineError && !abort.aborted) {
      throw new LocalError(`The demo stopped: ${error.message}`);
    }
    throw error;
  }
  say(`\nIn short, after ${duration(performance.now() - begunMs)}:`);
  for (const sentence of demo.summary) say(`  ${sentence}`);
}

async function demoToken(running: RunningStockline): Promise<string> {
  const config = readClientConfig(running.env);
  if (config.STOCKLINE_TOKEN !== undefined) return config.STOCKLINE_TOKEN;
  if (config.JWT_JWKS_URL !== undefined) {
    throw new LocalError(
      "JWT_JWKS_URL names an external issuer, so the demo can't sign a token for itself. Put one " +
        "of that issuer into STOCKLINE_TOKEN, or unset JWT_JWKS_URL.",
    );
  }
  const roles = ["admin"] as const;
  return signLocalToken(config, { subject: "demo", roles, lifetimeSeconds: TOKEN_SECONDS });
}
