// A Chromium of this machine for tests in a browser. None is downloaded: where there is none, such tests are left out and say so.
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Where the browser is; undefined where there is none. */
export function chromiumPath(): string | undefined {
  return PLACES.find((path) => existsSync(path));
}

/** What is said where there is none. */
export const NO_CHROMIUM = `No Chromium or Chrome was found (looked for ${PLACES.slice(0, 4).join(", ")}): the console is not tried in a browser. Install one, e.g. apt-get install chromium.`;

/** Starts it without a window; close it in afterAll. */
export function startChromium(executablePath: string): Promise<Browser> {
  // Chromium's sandbox refuses root, and containers without user namespaces; what it opens is ours.
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}
