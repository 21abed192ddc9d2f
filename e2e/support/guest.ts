import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";

const artifacts = join(import.meta.dirname, "..", "artifacts");

/** What the browser itself writes to the console while the relay is down; no page can keep it from that. */
const networkNoise = /^WebSocket connection to '[^']+' failed|net::ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|EMPTY_RESPONSE)/u;

export interface GuestOptions extends BrowserContextOptions {
  readonly url: string;
  readonly room?: string;
  /** The test kills the relay: what the browser says about that is no complaint. @defaultValue false */
  readonly isRelayKilled?: boolean;
}

/** A line as it stands on the page. */
export interface ShownLine {
  /** `You` for one's own. */
  readonly author: string;
  readonly text: string;
  /** Of one's own lines only. */
  readonly delivery: string | undefined;
}

/** Somebody at the chat, with a browser profile of their own. */
export class Guest implements AsyncDisposable {
  readonly page: Page;
  /** What the page wrote to the console as an error, and what nobody caught. */
  readonly complaints: string[] = [];

  readonly #isRelayKilled: boolean;

  constructor(page: Page, isRelayKilled: boolean) {
    this.page = page;
    this.#isRelayKilled = isRelayKilled;
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.#complain(message.text());
    });
    page.on("pageerror", (error) => this.#complain(String(error)));
  }

  /** Opens the page; nobody has joined yet. */
  static async open(browser: Browser, { url, room = "lobby", isRelayKilled = false, ...options }: GuestOptions): Promise<Guest> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: "light", ...options });
    const guest = new Guest(await context.newPage(), isRelayKilled);
    await guest.page.goto(`${url}/#${room}`);
    return guest;
  }

  async join(name: string): Promise<this> {
    await this.page.getByLabel("Your name").fill(name);
    await this.page.getByRole("button", { name: "Join" }).click();
    await this.log.waitFor();
    return this;
  }

  get log(): Locator {
    return this.page.getByRole("log");
  }

  get banner(): Locator {
    return this.page.getByText("Connection lost. What you write is kept and sent when it is back.");
  }

  /** The button of a conversation; `everybody` is the room's. */
  talk(name: string): Locator {
    return this.page.getByRole("navigation").getByRole("button", { name: new RegExp(name, "u") });
  }

  /** Shows a conversation. */
  async open(name: string): Promise<void> {
    const people = this.page.getByRole("button", { name: /^People/u });
    if (await people.isVisible()) await people.click();
    await this.talk(name).click();
  }

  /** Types a line into the open conversation and presses Enter. */
  async say(text: string): Promise<void> {
    const field = this.page.getByRole("textbox", { name: /^Message/u });
    await field.fill(text);
    await field.press("Enter");
  }

  /** Says many lines in the open conversation, by the events that keys make: a frame for each to be written, and one to be said. */
  async sayAll(texts: readonly string[]): Promise<void> {
    await this.page.getByRole("textbox", { name: /^Message/u }).evaluate(async (field, lines) => {
      const frame = (): Promise<number> => new Promise(requestAnimationFrame);
      for (const text of lines) {
        (field as HTMLTextAreaElement).value = text;
        field.dispatchEvent(new InputEvent("input", { bubbles: true }));
        await frame();
        field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
        await frame();
      }
    }, texts);
  }

  /** Offers a file in the open conversation, as the picker does. */
  async attach(file: Parameters<Page["setInputFiles"]>[1]): Promise<void> {
    await this.page.locator("input[type=file]").setInputFiles(file);
  }

  /** Gets a file that somebody offers, saves it, and tells where it is. */
  async save(name: string, patience: { readonly timeout?: number } = {}): Promise<string> {
    const download = this.page.waitForEvent("download", patience);
    await this.log.getByRole("link", { name: `Save ${name}` }).click(patience);
    return (await download).path();
  }

  /** Does something with a line of the open conversation. */
  async act(text: string, ...buttons: readonly string[]): Promise<void> {
    const line = this.log.locator(".line", { hasText: text }).first();
    for (const name of buttons) {
      await line.hover();
      await line.getByRole("button", { name, exact: true }).click();
    }
  }

  /** The tile of somebody in the call. */
  tile(name: string): Locator {
    return this.page.getByRole("figure").filter({ hasText: name });
  }

  async call(button: "Call" | "Join the call"): Promise<void> {
    await this.page.getByRole("button", { name: button, exact: true }).click();
    await this.page.getByRole("region", { name: "Call" }).waitFor();
  }

  /** Waits until the open conversation shows this text. */
  async sees(text: string): Promise<void> {
    await this.log.getByText(text, { exact: true }).first().waitFor();
  }

  /** All lines of the open conversation. */
  lines(): Promise<ShownLine[]> {
    return this.log.evaluate((log) =>
      [...log.querySelectorAll(".line")].map((line) => ({
        author: line.closest("article")?.getAttribute("aria-label") ?? "",
        text: line.querySelector(".bubble")?.textContent ?? "",
        delivery: (line as HTMLElement).dataset["delivery"],
      })),
    );
  }

  /** What one author said in the open conversation. */
  async saidBy(author: string): Promise<string[]> {
    return (await this.lines()).filter((line) => line.author === author).map(({ text }) => text);
  }

  /** Writes what the page looks like to `e2e/artifacts`. */
  async picture(name: string): Promise<void> {
    mkdirSync(artifacts, { recursive: true });
    // Pictures of the same page are the same: no blinking, nothing half-way.
    await this.page.screenshot({ path: join(artifacts, `${name}.png`), animations: "disabled" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }

  #complain(text: string): void {
    if (!this.#isRelayKilled || !networkNoise.test(text)) this.complaints.push(text);
  }
}
