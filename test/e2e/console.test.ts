// The operators' console in a real browser, on a whole running product: signing in, stock, movements, imports, orders, and what a
// viewer sees. Nothing may break the page's content policy, reach for another origin, or run what came in as data.

import { readFileSync } from "node:fs";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chromiumPath, NO_CHROMIUM, startChromium } from "../support/chromium.ts";
import { type Instance, startInstance } from "../support/instance.ts";

const path = chromiumPath();
if (path === undefined) process.stderr.write(`${NO_CHROMIUM}\n`);

const PASSWORD = "console-password-1";
const ADMIN = "console.admin@example.com";
const VIEWER = "console.viewer@example.com";
/** A name as a careless file may bring it. */
const HOSTILE = `<script>window.hit=1</script><img src=x onerror="window.hit=1"> "quoted" & 'single'`;
/** Waits of the page; a loaded machine is slow. */
const PATIENCE_MS = 30_000;

describe.skipIf(path === undefined)("the console in a browser", () => {
  let instance: Instance;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** What the page complained of, and addresses of other origins that it asked for. */
  let complaints: string[];

  beforeAll(async () => {
    [instance, browser] = await Promise.all([startInstance(), startChromium(path ?? "")]);
    await fillCatalogue(instance);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await instance?.stop();
  }, 60_000);

  beforeEach(async () => {
    context = await browser.newContext({
      acceptDownloads: true,
      viewport: { width: 1200, height: 900 },
    });
    context.setDefaultTimeout(PATIENCE_MS);
    page = await context.newPage();
    complaints = watch(page, instance.url);
  });
  afterEach(async () => {
    const ran = await page.evaluate("window.hit");
    await context.close();
    expect(complaints).toEqual([]);
    expect(ran).toBeUndefined();
  });

  const open = (hash: string) => page.goto(`${instance.url}/${hash}`);
  const signIn = async (email: string, hash = "") => {
    await open(hash);
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Sign out" }).waitFor();
  };
  /** As who has signed in before in this tab: quicker than the form, which has tests of its own. */
  const comeBack = async (hash: string) => {
    const access = await instance.token("admin");
    const kept = JSON.stringify({ access, expiresAtMs: Date.now() + 3_600_000, name: "admin" });
    const script = `sessionStorage.setItem("stockline.session", ${JSON.stringify(kept)})`;
    await context.addInitScript(script);
    await open(hash);
  };
  const heading = (name: string) => page.getByRole("heading", { level: 1, name });
  const panel = (name: string) => page.getByRole("region", { name });

  test("an administrator signs in, sees how the platform stands, and signs out", async () => {
    await open("");
    await page.getByLabel("E-mail").fill(ADMIN);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    const refusal = page.getByRole("alert");
    await refusal.waitFor();
    expect(await refusal.innerText()).toMatch(
      /e-mail address or password is wrong[\s\S]*401 credentials_invalid · request [\w-]{36}/,
    );
    await signIn(ADMIN);
    await panel("Readiness").getByText("ready", { exact: true }).waitFor();
    await panel("Backlog of movements").getByText("none waits").waitFor();
    await panel("Ledger").getByText("No verification has been completed yet.").waitFor();
    await panel("Sinks").getByText("publishing").first().waitFor();
    await panel("Jobs").getByText("refresh-views").waitFor();
    expect(await panel("Readiness").innerText()).toMatch(/as of \d+ s ago/);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Password").waitFor();
    await page.reload();
    await page.getByLabel("Password").waitFor();
  });

  test("a movement is posted, its outcome and the new balance are shown, and it is reversed", async () => {
    await comeBack("#/stock");
    await page.getByLabel("SKU").fill("TEA-01");
    await page.keyboard.press("Enter");
    await page.waitForURL(/sku=TEA-01/);
    await page.waitForFunction("document.activeElement.name === 'sku'"); // the cursor stays
    await page.getByRole("link", { name: "TEA-01" }).click();
    await heading("TEA-01 at MAIN").waitFor();
    expect(await page.getByText(HOSTILE).first().innerText()).toBe(HOSTILE);

    await page.getByLabel("Type", { exact: true }).selectOption("issue");
    await page.getByLabel("Quantity").fill("many");
    await page.getByRole("button", { name: "Post issue" }).click();
    const refusal = page.getByRole("form", { name: "Post a movement" }).getByRole("alert");
    expect(await refusal.innerText()).toMatch(/\/quantity[\s\S]*422/);
    await page.getByLabel("Quantity").fill("2.5");
    await page.getByRole("button", { name: "Post issue" }).click();
    await page.getByText(/On hand is 9\.5 now/).waitFor();
    expect(await page.getByLabel("Quantity").inputValue()).toBe("");
    await panel("Level").getByText("9.5").first().waitFor();
    await panel("Ledger, newest first").getByText("-2.5").waitFor();

    await page.getByLabel("Quantity").fill("1000");
    await page.getByRole("button", { name: "Post issue" }).click();
    await page.getByText(/insufficient_stock/).waitFor();

    await page.getByRole("button", { name: "Reverse" }).first().click();
    await page.getByRole("button", { name: "Reverse it" }).click();
    await panel("Level").getByText("12", { exact: true }).first().waitFor();
    await panel("Ledger, newest first").getByText("reversal").waitFor();
  });

  test("a file with one bad row is imported: counts balance, and the rejected rows come as a file", async () => {
    await comeBack("#/imports/new");
    await page.getByLabel("Kind").selectOption("items");
    await page.getByLabel("File", { exact: true }).setInputFiles({
      name: "items <b>.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(
        `sku,name,cost\nCUP-01,"${HOSTILE.replaceAll('"', '""')}",1\nCUP-02,Cup,2\nCUP-03,Cup,many\n`,
      ),
    });
    await page.getByRole("button", { name: "Send" }).click();
    await heading("items <b>.csv").waitFor();
    await page
      .getByText("2 applied + 1 rejected + 0 skipped = 3 of 3 rows: every row is accounted for.")
      .waitFor();
    const wrong = panel("What went wrong");
    await wrong.getByText(/many/).first().waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      wrong.getByRole("button", { name: "Download the rejected rows" }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^import-[\w-]+-errors\.csv$/);
    const lines = readFileSync(await download.path(), "utf8")
      .trim()
      .split(/\r?\n/);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain("error_detail");
    expect(lines[1]).toMatch(/^CUP-03,Cup,many,/);
  });

  test("a draft is approved by who saw it as it is, and not by who saw an older one", async () => {
    const body = {
      supplier: "ACME",
      warehouse: "MAIN",
      lines: [{ sku: "TEA-01", quantity: 5, unit_cost: 2 }],
    };
    const order = (await instance.call("POST", "/v1/purchase-orders", { body })).body;
    await comeBack(`#/orders/${order.id}`);
    await heading(order.number).waitFor();
    await page.getByText("10 EUR").first().waitFor();
    const patch = { body: { note: "changed meanwhile" } };
    await instance.call("PATCH", `/v1/purchase-orders/${order.id}`, patch);
    await page.getByRole("button", { name: "Approve" }).click();
    const dialog = page.getByRole("dialog", { name: "Approve this order?" });
    await dialog.getByRole("button", { name: "Approve" }).click();
    await dialog.getByText(/412/).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.getByText("changed meanwhile").waitFor();
    await page.getByRole("button", { name: "Approve" }).click();
    await dialog.getByRole("button", { name: "Approve" }).click();
    await panel("Order").getByText("approved", { exact: true }).waitFor();
    expect((await instance.call("GET", `/v1/purchase-orders/${order.id}`)).body.status).toBe(
      "approved",
    );
  });

  test("a report is written and downloaded from the object storage, which is another origin", async () => {
    await comeBack("#/reports");
    await page.getByLabel("SKU begins with").fill("TEA");
    await page.getByLabel(/^From the tables as they are now/).check();
    await page.getByRole("button", { name: "Write the report" }).click();
    const reports = panel("Reports, newest first");
    await reports.getByText("completed").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      reports.getByRole("button", { name: "Download" }).click(),
    ]);
    expect(readFileSync(await download.path(), "utf8")).toMatch(/TEA-01/);
    // The link leads there; that it does is what this test is about.
    const storage = instance.env["S3_ENDPOINT"] ?? "nowhere";
    expect(complaints.splice(0).every((one) => one.startsWith(`asked elsewhere: ${storage}`))).toBe(
      true,
    );
  });

  test("a viewer has nothing to write with, and is shown the API's refusal where they go all the same", async () => {
    await signIn(VIEWER, "#/stock/TEA-01/MAIN");
    await panel("Ledger, newest first").getByText("receipt").first().waitFor();
    expect(await page.locator(".who").innerText()).toMatch(/viewer/);
    const names = await page.getByRole("navigation").getByRole("link").allInnerTexts();
    expect(names).toEqual(["Overview", "Stock", "Imports", "Orders", "Jobs", "API"]);
    for (const name of [/^Post/, /^Reverse/]) {
      expect(await page.getByRole("button", { name }).count()).toBe(0);
    }
    await open("#/imports");
    await panel("Imports, newest first")
      .getByText(/items <b>\.csv|No import yet/)
      .waitFor();
    expect(await page.getByRole("link", { name: "Import a file" }).count()).toBe(0);
    await open("#/users");
    const refusal = page.getByRole("alert");
    await refusal.waitFor();
    expect(await refusal.innerText()).toMatch(
      /Not allowed[\s\S]*users:manage[\s\S]*403 forbidden · request [\w-]{36}/,
    );
  });

  test("a refused token is refreshed in silence; a session that ended leaves the page as it was", async () => {
    await signIn(ADMIN, "#/stock/TEA-01/MAIN");
    await page.evaluate(
      `sessionStorage.setItem("stockline.session", JSON.stringify({ ...JSON.parse(sessionStorage.getItem("stockline.session")), access: "a.b.c" }))`,
    );
    await page.reload();
    await heading("TEA-01 at MAIN").waitFor();
    await panel("Level").getByText("version").waitFor();

    await page.getByLabel("Reason").fill("typed before the session ended");
    const { data } = (await instance.call("GET", `/v1/users?email=${ADMIN}`)).body;
    await instance.call("POST", `/v1/users/${data[0].id}/sign-out`);
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.getByText("Your session has run out.").waitFor();
    await page.getByLabel("E-mail").fill(ADMIN);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Your session has run out.").waitFor({ state: "detached" });
    expect(await page.getByLabel("Reason").inputValue()).toBe("typed before the session ended");
    expect(await page.evaluate("location.hash")).toBe("#/stock/TEA-01/MAIN");
  });

  test("by an access token one gets as far as the token goes; at a phone's width nothing hangs over", async () => {
    await page.setViewportSize({ width: 375, height: 800 });
    await open("#/stock");
    await page.getByRole("button", { name: "Access token" }).click();
    await page.getByLabel("Access token").fill(await instance.token("operator"));
    await page.getByRole("button", { name: "Use this token" }).click();
    await page.getByText(/token ends in/).waitFor();
    await page.getByRole("link", { name: "TEA-01" }).waitFor();
    for (const hash of [
      "#/",
      "#/stock",
      "#/stock/TEA-01/MAIN",
      "#/imports",
      "#/orders",
      "#/jobs",
    ]) {
      await open(hash);
      await page
        .getByText(/as of \d/)
        .first()
        .waitFor();
      const over = await page.evaluate(
        "Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)",
      );
      expect([hash, over]).toEqual([hash, 0]);
    }
  });
});

/**
 * Notes what a page must not do. Browsers note answers of 4xx and 503 (a machine that is too busy) as errors; the console shows
 * them, and they are none of its own.
 */
function watch(page: Page, url: string): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`thrown: ${error.message}`));
  page.on("console", (message) => {
    const isAnswer = /^Failed to load resource: the server responded with a status of (4\d\d|503)/;
    if (["error", "warning"].includes(message.type()) && !isAnswer.test(message.text())) {
      complaints.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on("request", (request) => {
    const isOwn = request.url().startsWith(`${url}/`) || request.url().startsWith(`blob:${url}/`);
    if (!isOwn) complaints.push(`asked elsewhere: ${request.url()}`);
  });
  return complaints;
}

async function fillCatalogue(instance: Instance): Promise<void> {
  const post = async (at: string, body: object, headers: Record<string, string> = {}) => {
    const answer = await instance.call("POST", at, { body, headers });
    if (answer.status >= 300) throw new Error(`${at}: ${JSON.stringify(answer.body)}`);
  };
  await post("/v1/items", { sku: "TEA-01", name: HOSTILE, unit: "each" });
  await post("/v1/warehouses", { code: "MAIN", name: `Main ${HOSTILE}` });
  await post("/v1/suppliers", { code: "ACME", name: "Acme", currency: "EUR" });
  const receipt = {
    type: "receipt",
    sku: "TEA-01",
    warehouse: "MAIN",
    quantity: 12,
    reason: HOSTILE,
  };
  await post("/v1/movements", receipt, { prefer: "wait=20" });
  for (const [email, role] of [
    [ADMIN, "admin"],
    [VIEWER, "viewer"],
  ]) {
    await post("/v1/users", { email, name: HOSTILE, roles: [role], password: PASSWORD });
  }
}
