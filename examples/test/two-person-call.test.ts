import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser } from "./browser.ts";
import { startExample } from "./example-server.ts";

let browser: Browser;
let server: Awaited<ReturnType<typeof startExample>>;

beforeAll(async () => {
  [browser, server] = await Promise.all([startBrowser(), startExample("two-person-call/server.ts")]);
}, 30_000);
afterAll(async () => {
  await browser.close();
  await server[Symbol.asyncDispose]();
});

interface Person extends AsyncDisposable {
  readonly page: Page;
  /** Resolves when the page says so. */
  readonly says: (text: string) => Promise<void>;
  /** What went wrong on the page. */
  readonly errors: string[];
}

async function enter(room: string): Promise<Person> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(`${server.url}/?room=${room}`);
  const says = (text: string): Promise<void> => page.getByRole("status").filter({ hasText: text }).waitFor();
  return { page, says, errors, [Symbol.asyncDispose]: () => page.close() };
}

async function join(person: Person): Promise<void> {
  await person.page.getByRole("button", { name: "Join" }).click();
}

/** Resolves when the other one's video has moved on by some frames. */
async function sees({ page }: Person): Promise<void> {
  await page.waitForFunction(() => {
    const video = document.querySelector<HTMLVideoElement>("#remote");
    return video !== null && video.videoWidth > 0 && video.currentTime > 0.2 && video.getVideoPlaybackQuality().totalVideoFrames > 5;
  });
}

test("two people see each other, and each sees the other leave and come back", { timeout: 60_000 }, async () => {
  await using alice = await enter("pair");
  await using bob = await enter("pair");

  await join(alice);
  await alice.says("Waiting for somebody");
  await join(bob);
  await Promise.all([alice.says("Talking"), bob.says("Talking")]);
  await Promise.all([sees(alice), sees(bob)]);

  await bob.page.getByRole("button", { name: "Leave" }).click();
  await alice.says("The other one has left");
  expect(await alice.page.evaluate(() => document.querySelector<HTMLVideoElement>("#remote")?.srcObject ?? null)).toBeNull();

  await join(bob);
  await Promise.all([sees(alice), sees(bob)]);
  await bob.page.close();
  await alice.says("The other one has left");
  expect([...alice.errors, ...bob.errors]).toEqual([]);
});

test("a third person is told that the room is full, and disturbs nobody", { timeout: 60_000 }, async () => {
  await using alice = await enter("full");
  await using bob = await enter("full");
  await using carol = await enter("full");
  await join(alice);
  await alice.says("Waiting for somebody");
  await join(bob);
  await Promise.all([alice.says("Talking"), bob.says("Talking")]);

  await join(carol);
  await carol.says("Two people are in this room already");

  await Promise.all([sees(alice), sees(bob)]);
  expect(await alice.page.getByRole("status").textContent()).toBe("Talking");
});

test(
  "a front end of the kind that tutorials teach gets through: it knows no sender of candidates and adds them at once",
  { timeout: 60_000 },
  async () => {
    await using alice = await enter("tutorial");
    await using bob = await enter("tutorial");
    const start = ({ page }: Person): Promise<unknown> =>
      page.evaluate(() => {
        const socket = (
          globalThis as unknown as {
            io: () => {
              on: (event: string, listener: (...args: never[]) => unknown) => void;
              emit: (event: string, ...args: unknown[]) => void;
              id: string;
            };
          }
        ).io();
        let peer: RTCPeerConnection;
        let channel: RTCDataChannel;
        const create = (target: string): RTCPeerConnection => {
          const made = new RTCPeerConnection();
          made.onicecandidate = (event) => event.candidate && socket.emit("ice-candidate", { target, candidate: event.candidate });
          made.ondatachannel = (event) => {
            event.channel.onmessage = ({ data }) => Object.assign(globalThis, { heard: data as string });
          };
          return made;
        };
        socket.on("other user", async (target: string) => {
          peer = create(target);
          channel = peer.createDataChannel("text");
          channel.onopen = () => channel.send("hello");
          await peer.setLocalDescription(await peer.createOffer());
          socket.emit("offer", { target, caller: socket.id, sdp: peer.localDescription });
        });
        socket.on("offer", async (incoming: { caller: string; sdp: RTCSessionDescriptionInit }) => {
          peer = create(incoming.caller);
          await peer.setRemoteDescription(new RTCSessionDescription(incoming.sdp));
          await peer.setLocalDescription(await peer.createAnswer());
          socket.emit("answer", { target: incoming.caller, caller: socket.id, sdp: peer.localDescription });
        });
        socket.on("answer", (message: { sdp: RTCSessionDescriptionInit }) =>
          peer.setRemoteDescription(new RTCSessionDescription(message.sdp)),
        );
        socket.on("ice-candidate", (incoming: RTCIceCandidateInit) => peer.addIceCandidate(new RTCIceCandidate(incoming)));
        return new Promise<void>((resolve) => {
          socket.on("connect", () => {
            socket.emit("join room", "tutorial");
            resolve();
          });
        });
      });

    await start(alice);
    await start(bob);

    await alice.page.waitForFunction(() => (globalThis as { heard?: string }).heard === "hello");
    expect([...alice.errors, ...bob.errors]).toEqual([]);
  },
);
