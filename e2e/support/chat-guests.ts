import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { startChromium } from "../test/chromium.ts";
import { startDemo, type Demo } from "./demo.ts";
import { Guest, type GuestOptions } from "./guest.ts";

/** The chat asks for 720p: at the usual 20 pictures a second, a call of three fills two cores. */
const slowCamera = "--use-fake-device-for-media-stream=fps=10";

/** The demo and a browser for the tests of one file. */
export interface ChatGuests {
  readonly demo: Demo;
  /** Opens the page; it is closed after the test, which fails when the page complained. */
  open(room: string, options?: Partial<GuestOptions>): Promise<Guest>;
  enter(name: string, room: string, options?: Partial<GuestOptions>): Promise<Guest>;
}

export function withChatGuests(): ChatGuests {
  let browser: Browser;
  let demo: Demo;
  const guests: Guest[] = [];
  beforeAll(async () => {
    [browser, demo] = await Promise.all([startChromium(slowCamera), startDemo()]);
  });
  afterAll(async () => {
    await browser.close();
    await demo.kill();
  });
  afterEach(async () => {
    const complaints = guests.flatMap((guest) => guest.complaints);
    await Promise.all(guests.splice(0).map((guest) => guest[Symbol.asyncDispose]()));
    if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join("; ")}`);
  });
  const open = async (room: string, options: Partial<GuestOptions> = {}): Promise<Guest> => {
    const guest = await Guest.open(browser, { url: demo.url, room, ...options });
    guests.push(guest);
    return guest;
  };
  return {
    get demo() {
      return demo;
    },
    open,
    enter: async (name, room, options) => (await open(room, options)).join(name),
  };
}
