import { createHash, randomBytes } from "node:crypto";
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { withChatGuests } from "../../support/chat-guests.ts";
import { startProxy } from "../../support/proxy.ts";

const guests = withChatGuests();
const folder = mkdtempSync(join(tmpdir(), "peerloom-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

const MB = 1_000_000;
const patience = { timeout: 240_000 };

function makeFile(name: string, megabytes: number): string {
  const path = join(folder, name);
  writeFileSync(path, randomBytes(megabytes * MB));
  return path;
}

async function hash(path: string): Promise<string> {
  const sum = createHash("sha256");
  for await (const chunk of createReadStream(path)) sum.update(chunk as Buffer);
  return sum.digest("hex");
}

test("a file is offered, fetched and saved as it was, and its owner sees who has it", async () => {
  const ada = await guests.enter("Ada", "file");
  const bob = await guests.enter("Bob", "file");
  const path = makeFile("notes.bin", 3);

  await ada.attach(path);
  await bob.page.getByRole("button", { name: "Get notes.bin" }).click();

  expect(await hash(await bob.save("notes.bin"))).toBe(await hash(path));
  await ada.log.getByText("3.0 MB · Bob has it").waitFor();
  await ada.picture("file-sent");
});

test("a small picture is shown without being asked for", async () => {
  const ada = await guests.enter("Ada", "picture");
  const bob = await guests.enter("Bob", "picture");
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

  await ada.attach({ name: "dot.png", mimeType: "image/png", buffer: Buffer.from(pixel, "base64") });

  const picture = bob.log.getByRole("img", { name: "dot.png" });
  await picture.waitFor();
  await expect.poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(1);
});

test("files are sent by pasting and by dropping, too", async () => {
  const ada = await guests.enter("Ada", "ways");
  const bob = await guests.enter("Bob", "ways");
  /** What a browser does when somebody pastes or drops a file. */
  const give = (selector: string, type: "paste" | "dragover" | "drop", name: string): Promise<void> =>
    ada.page.locator(selector).evaluate(
      (element, event) => {
        const data = new DataTransfer();
        data.items.add(new File(["some bytes"], event.name));
        const init = { bubbles: true, cancelable: true };
        element.dispatchEvent(
          event.type === "paste"
            ? new ClipboardEvent("paste", { ...init, clipboardData: data })
            : new DragEvent(event.type, { ...init, dataTransfer: data }),
        );
      },
      { type, name },
    );

  await give("textarea", "paste", "pasted.txt");
  await give(".talk", "dragover", "dropped.txt");
  await ada.page.getByText("Let go to send to everybody").waitFor();
  await ada.picture("file-dropping");
  await give(".talk", "drop", "dropped.txt");

  for (const name of ["pasted.txt", "dropped.txt"]) await bob.page.getByRole("button", { name: `Get ${name}` }).waitFor();
  expect(await ada.page.getByText("Let go to send").count()).toBe(0);
});

test("a private file is for one person only", async () => {
  const ada = await guests.enter("Ada", "private-file");
  const bob = await guests.enter("Bob", "private-file");
  const eve = await guests.enter("Eve", "private-file");
  await ada.talk("Bob").waitFor();
  await ada.open("Bob");

  await ada.attach(makeFile("secret.bin", 1));
  await bob.open("Ada");
  await bob.page.getByRole("button", { name: "Get secret.bin" }).click();
  await bob.save("secret.bin");

  expect(await eve.log.getByText("secret.bin").count()).toBe(0);
});

test("a file that is offered no longer cannot be got any more", async () => {
  const ada = await guests.enter("Ada", "withdrawn");
  const bob = await guests.enter("Bob", "withdrawn");
  await ada.attach(makeFile("gone.bin", 1));
  await bob.page.getByRole("button", { name: "Get gone.bin" }).waitFor();

  await ada.page.getByRole("button", { name: "Offer gone.bin no longer" }).click();
  await bob.page.getByRole("button", { name: "Get gone.bin" }).click();

  await bob.log.getByText("Ada does not offer this file any more.").waitFor();
  expect(await bob.log.getByRole("link").count()).toBe(0);
});

test("a file is paused, goes on where it was, and crosses two cuts of the network", async () => {
  await using proxy = await startProxy(Number(new URL(guests.demo.url).port));
  const ada = await guests.enter("Ada", "cuts");
  const bob = await guests.enter("Bob", "cuts", { url: proxy.url, isRelayKilled: true });
  const path = makeFile("large.bin", 60);
  await ada.attach(path);

  await bob.page.getByRole("button", { name: "Get large.bin" }).click();
  await bob.log.getByText(/[1-9]\d? % of 60\.0 MB/u).waitFor(patience);
  proxy.cut();
  await bob.page.getByRole("button", { name: "Pause large.bin" }).click();
  await bob.log.getByText(/^Paused · /u).waitFor();
  await bob.picture("file-paused");
  await bob.page.getByRole("button", { name: "Go on with large.bin" }).click();
  await bob.log.getByText(/[3-9]\d % of 60\.0 MB/u).waitFor(patience);
  proxy.cut();

  await bob.log.getByRole("link", { name: "Save large.bin" }).waitFor(patience);
  expect(await hash(await bob.save("large.bin"))).toBe(await hash(path));
}, 300_000);

test("100 MB cross while a call runs, and people talk meanwhile", async () => {
  const ada = await guests.enter("Ada", "heavy");
  const bob = await guests.enter("Bob", "heavy");
  await ada.talk("Bob").waitFor();
  await ada.call("Call");
  await bob.call("Join the call");
  const face = bob.tile("Ada").locator("video");
  const played = (): Promise<number> => face.evaluate((video) => (video as HTMLVideoElement).currentTime);
  await expect.poll(played, { timeout: 30_000 }).toBeGreaterThan(0);
  const path = makeFile("heavy.bin", 100);

  await ada.attach(path);
  await bob.page.getByRole("button", { name: "Get heavy.bin" }).click();
  await bob.log.getByText(/\d+ % of 100 MB · /u).waitFor(patience);
  const before = await played();
  await ada.say("still there?");
  await bob.sees("still there?");
  await bob.picture("file-in-call");
  await bob.log.getByRole("link", { name: "Save heavy.bin" }).waitFor(patience);

  expect(await hash(await bob.save("heavy.bin"))).toBe(await hash(path));
  await expect.poll(played, { timeout: 30_000 }).toBeGreaterThan(before);
  expect(await bob.tile("Ada").getAttribute("data-state")).toBe("connected");
}, 300_000);
