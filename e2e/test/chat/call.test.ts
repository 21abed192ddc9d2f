import { expect, test } from "vitest";
import { findBarriers } from "../../support/accessibility.ts";
import { withChatGuests } from "../../support/chat-guests.ts";
import type { Guest } from "../../support/guest.ts";

const guests = withChatGuests();
const patience = { timeout: 30_000 };
const phone = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

/** Waits until one sees the other move. */
async function sees(one: Guest, other: string): Promise<void> {
  const video = one.tile(other).locator("video");
  await expect.poll(() => video.evaluate((element) => (element as HTMLVideoElement).currentTime), patience).toBeGreaterThan(0);
}

const press = (guest: Guest, name: string): Promise<void> => guest.page.getByRole("button", { name, exact: true }).click();

test("three people call each other; microphone, camera and leaving are seen by the others", async () => {
  const [ada, bob, eve] = [await guests.enter("Ada", "call"), await guests.enter("Bob", "call"), await guests.enter("Eve", "call")];
  await ada.call("Call");
  await bob.page.getByText("Ada is in a call").waitFor();
  await bob.picture("call-invitation");
  await bob.call("Join the call");
  await eve.call("Join the call");
  for (const [one, other] of [
    [ada, "Bob"],
    [ada, "Eve"],
    [bob, "Ada"],
    [bob, "Eve"],
    [eve, "Ada"],
    [eve, "Bob"],
  ] as const)
    await sees(one, other);

  // The made-up microphone beeps.
  await ada.tile("Bob").getByText("speaks").waitFor(patience);
  await ada
    .tile("Bob")
    .getByText(/direct · .* ms/u)
    .waitFor(patience);
  await ada.picture("call");
  await press(bob, "Mute the microphone");
  await ada.tile("Bob").getByText("muted").waitFor();
  await press(bob, "Turn the camera off");
  await ada.tile("Bob").locator("video").waitFor({ state: "hidden" });
  await ada.picture("call-camera-off");
  await press(bob, "Turn the camera on");
  await sees(ada, "Bob");
  await press(bob, "Unmute the microphone");
  await ada.tile("Bob").getByText("muted").waitFor({ state: "detached" });

  await press(eve, "Hang up");
  await ada.tile("Eve").waitFor({ state: "detached" });
  await eve.page.getByText("Ada and Bob are in a call").waitFor();
  expect(await ada.page.getByRole("figure").count()).toBe(2);
});

test("a screen is shared, devices are chosen, and somebody is made quieter", async () => {
  const ada = await guests.enter("Ada", "screen");
  const bob = await guests.enter("Bob", "screen");
  await ada.call("Call");
  await bob.call("Join the call");
  await sees(ada, "Bob");

  await press(bob, "Share the screen");
  await sees(ada, "Bob’s screen");
  await ada.picture("call-screen");
  await press(bob, "Stop sharing the screen");
  await ada.tile("Bob’s screen").waitFor({ state: "detached" });
  await press(ada, "Devices");
  const microphones = ada.page.getByLabel("Microphone", { exact: true });
  const second = await microphones.locator("option").nth(1).getAttribute("value");
  await microphones.selectOption(second);
  await ada.picture("call-devices");
  await sees(bob, "Ada");
  await ada.page.getByLabel("Volume of Bob").fill("0.3");

  const video = ada.tile("Bob").locator("video");
  await expect.poll(() => video.evaluate((element) => (element as HTMLVideoElement).volume)).toBeCloseTo(0.3);
});

test("whoever reloads in a call can come back into it", async () => {
  const ada = await guests.enter("Ada", "call-reload");
  const bob = await guests.enter("Bob", "call-reload");
  await ada.call("Call");
  await bob.call("Join the call");
  await sees(ada, "Bob");

  await bob.page.reload();
  await bob.call("Join the call");

  await sees(ada, "Bob");
  await sees(bob, "Ada");
  expect(await ada.page.getByRole("figure").count()).toBe(2);
});

test("who has no camera and no microphone can listen, and is told", async () => {
  const ada = await guests.enter("Ada", "no-devices");
  const bob = await guests.open("no-devices");
  await bob.page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("none", "NotFoundError"));
  });
  await bob.page.reload();
  await bob.join("Bob");
  await ada.call("Call");

  await bob.call("Join the call");

  await bob.page.getByText("There is no camera or microphone.").waitFor();
  await sees(bob, "Ada");
  await ada.tile("Bob").getByText("muted").waitFor();
  expect(await ada.tile("Bob").locator("video").isVisible()).toBe(false);
});

test("with the keyboard alone one joins, writes, calls and leaves", async () => {
  const bob = await guests.enter("Bob", "keyboard");
  const ada = await guests.open("keyboard");
  const { keyboard } = ada.page;
  /** Goes on by Tab until something of this name has the focus. */
  const tabTo = async (name: RegExp): Promise<void> => {
    const label = (): Promise<string> =>
      ada.page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "");
    for (let tabs = 0; tabs < 60 && !name.test(await label()); tabs++) await keyboard.press("Tab");
    expect(await label()).toMatch(name);
  };

  await ada.page.locator("#name:focus").waitFor();
  await keyboard.type("Ada");
  await keyboard.press("Enter");
  await ada.log.waitFor();
  await keyboard.type("hello");
  await keyboard.press("Enter");
  await bob.sees("hello");
  await bob.say("hi Ada");
  await ada.sees("hi Ada");
  // To the line that came, and to what can be done with it.
  await keyboard.press("Shift+Tab");
  await keyboard.press("Shift+Tab");
  await keyboard.press("ArrowUp");
  await tabTo(/^Reply$/u);
  await keyboard.press("Enter");
  await keyboard.type("an answer");
  await keyboard.press("Enter");
  await bob.log.getByText("an answer").waitFor();

  await tabTo(/^Call$/u);
  await keyboard.press("Enter");
  await bob.call("Join the call");
  await sees(bob, "Ada");
  await tabTo(/^Hang up$/u);
  await keyboard.press("Enter");
  await bob.tile("Ada").waitFor({ state: "detached" });
  await tabTo(/^Leave the room$/u);
  await keyboard.press("Enter");

  await ada.page.getByLabel("Your name").waitFor();
  await bob.page.getByText("Ada left").waitFor();
});

test.each(["light", "dark"] as const)(
  "a call, files, code and services have no barriers that can be found by a program, in %s",
  async (colorScheme) => {
    const ada = await guests.enter("Ada", `barriers-${colorScheme}`, { colorScheme });
    const bob = await guests.enter("Bob", `barriers-${colorScheme}`, { colorScheme, ...phone });
    await ada.say("see https://example.org and `code`\n```\na block\n```");
    await bob.log.getByText("a block").waitFor();
    await ada.attach({ name: "a.bin", mimeType: "", buffer: Buffer.alloc(1000) });
    await bob.log.getByText("a.bin").waitFor();
    await ada.act("a block", "React", "React with 🎉");
    await ada.act("a block", "Reply");
    await ada.call("Call");
    await bob.call("Join the call");
    await sees(ada, "Bob");
    await press(ada, "Devices");
    expect(await findBarriers(bob.page)).toEqual([]);
    await bob.picture(`phone-call-${colorScheme}`);
    for (const guest of [ada, bob]) await press(guest, "Services");
    await ada.page.getByRole("img", { name: /^Load: .* now/u }).waitFor();
    await ada.picture(`everything-${colorScheme}`);
    await bob.picture(`phone-services-${colorScheme}`);

    expect(await findBarriers(ada.page)).toEqual([]);
    expect(await findBarriers(bob.page)).toEqual([]);
    const overflow = (): number => document.documentElement.scrollWidth - document.documentElement.clientWidth;
    expect(await bob.page.evaluate(overflow)).toBe(0);
  },
);
