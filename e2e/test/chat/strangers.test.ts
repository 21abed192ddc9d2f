import { connect } from "@peerloom/client";
import { expect, test } from "vitest";
import { withChatGuests } from "../../support/chat-guests.ts";

const guests = withChatGuests();

const garbage: readonly unknown[] = [
  null,
  "text",
  7,
  [],
  {},
  { id: "1" },
  { id: {}, text: [], time: "now", name: 5 },
  { id: "1", text: "x".repeat(5000), time: 0, name: "Bob" },
  { id: "1", text: "", time: 0, name: "Bob", file: { name: 5, size: -1 } },
  { line: { from: "ada", id: {} }, emoji: "<b>", isOn: 1 },
  { line: { from: "__proto__", id: "constructor" }, emoji: "👍", isOn: true },
];

test("what another program sends that is none of the chat's neither shows nor breaks anything", async () => {
  const ada = await guests.enter("Ada", "garbage");
  await using stranger = await connect(guests.demo.url, { clientId: "stranger" });
  const room = await stranger.join("garbage", { metadata: { name: ["no"], status: 5, callId: {} } });
  await ada.talk("stranger").waitFor();
  const remote = stranger.remote("ada");

  for (const value of garbage) {
    for (const event of ["line", "reaction", "typing", "nothing"]) room.emit(event, value);
    for (const event of ["reaction", "typing"]) remote.emit(event, value);
    await expect(remote.emitWithAck("whisper", value)).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await expect(remote.emitWithAck("history", value)).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await expect(remote.openStream("file", { metadata: value })).rejects.toMatchObject({ code: "NO_FILE" });
  }
  room.emit("line", { id: "real", text: "a real line", time: Date.now(), name: "Ada" });
  await ada.sees("a real line");

  expect(await ada.lines()).toEqual([{ author: "stranger", text: "a real line", delivery: undefined }]);
});

test("a private file and the room's history are refused to whoever may not have them", async () => {
  const ada = await guests.enter("Ada", "refused");
  const bob = await guests.enter("Bob", "refused");
  await ada.say("in the room");
  await bob.sees("in the room");
  await ada.open("Bob");
  await ada.attach({ name: "secret.txt", mimeType: "text/plain", buffer: Buffer.from("for Bob") });
  await bob.open("Ada");
  await bob.page.getByRole("button", { name: "Get secret.txt" }).waitFor();
  const key = (await bob.log.locator(".line").first().getAttribute("data-key")) ?? "";
  const [, id] = JSON.parse(key.replace("said ", "")) as [string, string];
  await using stranger = await connect(guests.demo.url, { clientId: "stranger" });
  const toAda = stranger.remote("ada");

  await expect(toAda.emitWithAck("history", { room: "refused" })).rejects.toMatchObject({ code: "NOT_A_MEMBER" });
  await stranger.join("refused");
  await ada.talk("stranger").waitFor();
  await expect(toAda.openStream("file", { metadata: { id, offset: 0 } })).rejects.toMatchObject({ code: "FORBIDDEN" });
  const page = await toAda.emitWithAck("history", { room: "refused" });

  expect(page).toMatchObject({ lines: [{ from: "ada", text: "in the room" }], hasMore: false });
});

test("nobody can call under another one's name", async () => {
  const ada = await guests.enter("Ada", "impostor");
  await using stranger = await connect(guests.demo.url, { clientId: "stranger" });
  await stranger.join("impostor", { metadata: { name: "Ada", isTyping: true, callId: "made up" } });

  await ada.talk("stranger types").waitFor();
  await ada.call("Call");

  expect(await ada.page.getByRole("figure").count()).toBe(1);
  expect(await ada.talk("stranger").textContent()).not.toContain("Ada");
});
