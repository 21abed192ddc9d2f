import type { Browser, Page } from "playwright-core";

/** Somebody at the page, whose keys and frames are timed by the page's own clock. */
export interface Visitor extends AsyncDisposable {
  /** Waits until this text is shown. */
  sees(text: string): Promise<void>;
  /** Types so many keys one after another; milliseconds from each key to the frame that shows it. */
  type(keys: number): Promise<number[]>;
  /** Scrolls up through the list; milliseconds of each frame. */
  scroll(frames: number): Promise<number[]>;
}

export async function openVisitor(browser: Browser, url: string, room: string, name: string): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(`bench: in the page: ${error.message}`));
  await page.goto(`${url}/#${room}`);
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Join" }).click();
  await page.getByRole("log").waitFor();
  return {
    sees: (text) => page.getByRole("log").getByText(text).first().waitFor({ timeout: 120_000 }),
    type: (keys) => typeKeys(page, keys),
    scroll: (frames) => page.evaluate(scrollUp, frames),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

async function typeKeys(page: Page, keys: number): Promise<number[]> {
  const field = page.getByRole("textbox", { name: /^Message/u });
  await field.focus();
  const times = await page.evaluateHandle(timeKeys);
  for (let n = 0; n < keys; n++) {
    await page.keyboard.press(n % 6 === 5 ? "Space" : "a");
    await times.evaluate((measured, count) => measured.until(count), n + 1);
  }
  await field.fill("");
  return times.evaluate((measured) => measured.times);
}

/** In the page: from the key's own time to the first task after the frame in which it was drawn. */
function timeKeys(): { times: number[]; until: (count: number) => Promise<void> } {
  const times: number[] = [];
  let wake = (): void => {};
  addEventListener(
    "keydown",
    ({ timeStamp }) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.addEventListener("message", () => {
          times.push(performance.now() - timeStamp);
          wake();
        });
        port1.start();
        port2.postMessage(null);
      }),
    { capture: true },
  );
  const until = async (count: number): Promise<void> => {
    while (times.length < count) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { times, until };
}

/** In the page: half a window up in each frame, from the end on. */
function scrollUp(frames: number): Promise<number[]> {
  const log = document.querySelector('[role="log"]');
  return new Promise((resolve) => {
    const times: number[] = [];
    let last: number | undefined;
    const frame = (now: number): void => {
      if (last !== undefined) times.push(now - last);
      last = now;
      if (times.length >= frames || log === null) return resolve(times);
      log.scrollTop -= log.clientHeight / 2;
      requestAnimationFrame(frame);
    };
    if (log !== null) log.scrollTop = log.scrollHeight;
    requestAnimationFrame(frame);
  });
}
