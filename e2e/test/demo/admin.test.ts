import { once } from "node:events";
import { connect } from "@peerloom/client";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBarriers } from "../../support/accessibility.ts";
import { startDemo, type Demo } from "../../support/demo.ts";
import { savePicture } from "../../support/picture.ts";
import { Terminal } from "../../support/terminal.ts";
import { startChromium } from "../chromium.ts";

const password = "a password for tests";
let browser: Browser;
let demo: Demo;

beforeAll(async () => {
  [browser, demo] = await Promise.all([startChromium(), startDemo({ env: { PEERLOOM_ADMIN_PASSWORD: password } })]);
});
afterAll(async () => {
  await browser.close();
  await demo.kill();
});

interface Visit extends AsyncDisposable {
  readonly page: Page;
  readonly complaints: string[];
}

/** Opens the admin page with a profile of its own. */
async function visit(options: object = {}): Promise<Visit> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    // What the browser itself says of an answer that is no success.
    if (message.type() === "error" && !message.text().includes("status of 401")) complaints.push(message.text());
  });
  await page.goto(`${demo.url}/admin`);
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

async function logIn(page: Page, text: string = password): Promise<void> {
  await page.getByLabel("Password").fill(text);
  await page.getByRole("button", { name: "Log in" }).click();
}

const status = (page: Page, text: string): Promise<void> => page.getByRole("status").filter({ hasText: text }).waitFor();

test("the password opens a board that shows who comes and goes while one looks", async () => {
  await using admin = await visit();
  const { page } = admin;
  await status(page, "Not logged in");

  await logIn(page);
  await status(page, "Live");
  await using ada = await connect(demo.url, { clientId: "ada", metadata: { name: "<b>Ada</b>" } });
  await ada.join("tea");
  const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "ada", exact: true }) });
  await row.waitFor();
  await page.locator("#rooms").getByRole("row", { name: "tea 1" }).waitFor();

  expect(await row.getByRole("cell").allTextContents()).toEqual(["<b>Ada</b>", "here", "127.0.0.1", expect.any(String), "1", "0", "0", ""]);
  await page.locator("#services").getByRole("row", { name: "dice 1" }).waitFor();
  await page.locator("#topics").getByRole("row", { name: "load / load 1 0" }).waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await ada.close();
  await row.waitFor({ state: "detached" });
  expect(admin.complaints).toEqual([]);
});

test("the board shows by which paths people are connected", async () => {
  await using admin = await visit();
  const { page } = admin;
  await logIn(page);
  const terminal = (name: string): Promise<Terminal> => Terminal.talk({ url: demo.url, name, room: "paths" });
  await using ada = await terminal("Ada");
  await using _bob = await terminal("Bob");
  await ada.sees("You and Bob are connected directly.");

  for (const name of ["ada", "bob"]) {
    const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) });
    await row.filter({ hasText: "1 direct, 0 relay" }).waitFor();
  }
  await page.getByText("Paths, as clients tell: 2 direct, 0 by the relay").waitFor();
  await savePicture(page, "admin");

  expect(admin.complaints).toEqual([]);
});

test("a wrong password is refused in words, and logging out shuts the board", async () => {
  await using admin = await visit();
  const { page } = admin;

  await logIn(page, "a guess");
  await page.getByRole("alert").filter({ hasText: "This is not the password." }).waitFor();
  expect(await page.getByRole("heading", { name: "Rooms" }).isVisible()).toBe(false);
  expect(await findBarriers(page)).toEqual([]);
  await logIn(page);
  await status(page, "Live");
  await page.getByRole("button", { name: "Log out" }).click();
  await status(page, "Not logged in");

  expect(await page.getByRole("heading", { name: "Rooms" }).isVisible()).toBe(false);
  await page.reload();
  await status(page, "Not logged in");
  expect(page.url()).toBe(`${demo.url}/admin/`);
});

test("the board can be used with the keyboard, and stands still on request", async () => {
  await using admin = await visit();
  const { page } = admin;
  await page.locator("#password:focus").waitFor();

  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await status(page, "Live");
  await page.getByRole("button", { name: "Pause" }).press("Space");
  await status(page, "Paused");
  await using _bob = await connect(demo.url, { clientId: "late-bob" });
  const later = page.waitForResponse(/live$/u).catch(() => undefined);
  expect(await page.getByRole("rowheader", { name: "late-bob", exact: true }).count()).toBe(0);
  await page.getByRole("button", { name: "Pause" }).press("Space");
  await page.getByRole("rowheader", { name: "late-bob", exact: true }).waitFor();
  await page.getByRole("button", { name: "Log out" }).press("Enter");
  await status(page, "Not logged in");
  await page.close();
  await later;

  expect(admin.complaints).toEqual([]);
});

test.each([
  ["a phone", { viewport: { width: 360, height: 740 }, colorScheme: "dark" }, "admin-phone"],
  ["a laptop in the dark", { viewport: { width: 1280, height: 800 }, colorScheme: "dark" }, "admin-dark"],
] as const)("on %s nothing is cut off, and nobody is kept out", async (_, options, picture) => {
  await using admin = await visit(options);
  const { page } = admin;
  await using _ada = await connect(demo.url, { clientId: "somebody-with-quite-a-long-name-for-a-phone" });

  await logIn(page);
  await page.getByRole("rowheader", { name: "somebody-with" }).waitFor();
  await savePicture(page, picture);

  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  expect(await findBarriers(page)).toEqual([]);
});

test("the board comes back by itself when the server does, and asks for the password again", async () => {
  await using first = await startDemo({ env: { PEERLOOM_ADMIN_PASSWORD: password } });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${first.url}/admin/`);
  await logIn(page);
  await status(page, "Live");

  await first.kill();
  await status(page, "The server does not answer. Trying again…");
  await using _second = await startDemo({ port: Number(new URL(first.url).port), env: { PEERLOOM_ADMIN_PASSWORD: password } });
  await status(page, "Not logged in");

  await logIn(page);
  await status(page, "Live");
  expect(await page.getByRole("heading", { name: "Rooms" }).isVisible()).toBe(true);
  await context.close();
});

test("the demo ends in good order while somebody looks", async () => {
  await using other = await startDemo({ env: { PEERLOOM_ADMIN_PASSWORD: password } });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${other.url}/admin/`);
  await logIn(page);
  await status(page, "Live");
  const ended = once(other.child, "exit");

  other.child.kill("SIGTERM");

  expect(await ended).toEqual([0, null]);
  await status(page, "The server does not answer. Trying again…");
  await context.close();
});

test("a password is made up and told where the demo was started, and nowhere else", async () => {
  await using other = await startDemo();
  const line = await other.nextLine();
  const [, made = ""] = /^The admin page: \S+\/admin\/ \(password: (\S+)\)$/u.exec(line) ?? [];
  const context = await browser.newContext();
  const page = await context.newPage();
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));

  await page.goto(`${other.url}/admin/`);
  await logIn(page, made);
  await status(page, "Live");

  expect(made).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/u);
  expect(addresses.filter((address) => address.includes(made))).toEqual([]);
  expect(await context.cookies()).toEqual([expect.objectContaining({ httpOnly: true, sameSite: "Strict", path: "/admin" })]);
  await context.close();
});
