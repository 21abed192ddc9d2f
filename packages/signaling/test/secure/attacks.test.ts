import { createIdentity, createSignaler, parseEnvelope, type Signaler } from "@peerloom/signaling";
import { describe, expect, test } from "vitest";
import { encodeEnvelope, encodeHead, withSignature, type Head } from "../../src/messages/envelope.ts";
import { signedText } from "../../src/secure/signature.ts";
import { announced, meet, open, sdp, sealing } from "./room.ts";

const encoder = new TextEncoder();
const bytesOf = (value: unknown): Uint8Array<ArrayBuffer> => encoder.encode(JSON.stringify(value));

/** The same message with one byte changed. */
function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  copy[at < 0 ? bytes.length + at : at] = (copy.at(at) ?? 0) ^ 1;
  return copy;
}

/** The same message with another head, in the same form. */
function withHead(bytes: Uint8Array, change: Partial<Head>): Uint8Array {
  const envelope = parseEnvelope(bytes);
  if (envelope === undefined) throw new Error("no message");
  const { head, body, isSealed, signature } = envelope;
  const forged = encodeEnvelope(encodeHead({ ...head, ...change }), body, { isSealed, isSigned: signature !== undefined });
  return signature === undefined ? forged : withSignature(forged, signature);
}

async function offering(): Promise<{ member: Signaler; newcomer: Signaler; offer: Uint8Array }> {
  const [member, newcomer] = await Promise.all([sealing(), sealing()]);
  const offer = await member.meet(await announced(newcomer, member)).seal({ type: "offer", sdp });
  return { member, newcomer, offer };
}

describe("an offer is refused", () => {
  test("when any byte of it was changed, fingerprints in it above all", async () => {
    const { newcomer, offer } = await offering();
    const headBytes = parseEnvelope(offer)?.headBytes.byteLength ?? 0;

    const inBody = Array.from({ length: offer.length - 64 - 4 - headBytes }, (_, index) => 4 + headBytes + index);
    for (const at of [...inBody, -1, -64]) await expect(newcomer.receive(changed(offer, at))).rejects.toMatchObject({ code: "FORGED" });

    expect(newcomer.pairCount).toBe(0);
    await expect(newcomer.receive(offer)).resolves.toMatchObject({ signal: { type: "offer", sdp } });
  });

  test("when its sender's id was put in the place of another", async () => {
    const { newcomer, offer } = await offering();

    await expect(newcomer.receive(withHead(offer, { from: "alice" }))).rejects.toMatchObject({ code: "FORGED" });
  });

  test("when it was made for another peer", async () => {
    const { member, newcomer, offer } = await offering();
    const third = await sealing();
    await announced(third, member);

    await expect(third.receive(offer)).rejects.toMatchObject({ code: "STALE" });
    await expect(third.receive(withHead(offer, { to: third.instance }))).rejects.toMatchObject({ code: "FORGED" });
    expect([third.pairCount, newcomer.pairCount]).toEqual([0, 0]);
  });

  test("when it was here before, in its session and after that ended", async () => {
    const { newcomer, offer } = await offering();
    const { pair } = await newcomer.receive(offer);

    await expect(newcomer.receive(offer)).rejects.toMatchObject({ code: "STALE" });
    pair.close();
    await expect(newcomer.receive(offer)).rejects.toMatchObject({ code: "STALE" });
  });

  test("when it was said to an earlier stay of the same peer", async () => {
    const identity = await createIdentity();
    const [member, first, second] = await Promise.all([sealing(), sealing({ identity }), sealing({ identity })]);
    const offer = await member.meet(await announced(first, member)).seal({ type: "offer", sdp });

    await expect(second.receive(offer)).rejects.toMatchObject({ code: "STALE" });
    await expect(second.receive(withHead(offer, { to: second.instance }))).rejects.toMatchObject({ code: "FORGED" });
  });

  test("when it was said in another room", async () => {
    const identity = await createIdentity();
    const [member, newcomer] = await Promise.all([sealing({ identity }), sealing()]);
    const attic = await sealing({ room: "attic", identity });
    const offer = await attic.meet(await announced(newcomer, member)).seal({ type: "offer", sdp });

    await expect(newcomer.receive(offer)).rejects.toMatchObject({ code: "FORGED" });
  });

  test("when it is cut, wherever that is", async () => {
    const { newcomer, offer } = await offering();

    for (let length = 0; length < offer.length; length += 1)
      await expect(newcomer.receive(offer.slice(0, length))).rejects.toMatchObject({
        code: expect.stringMatching(/^(BAD_SIGNAL|FORGED)$/),
      });
  });
});

describe("a session refuses", () => {
  test("what comes after something later", async () => {
    const [member, newcomer] = await Promise.all([sealing(), sealing()]);
    const ends = await meet(member, newcomer);
    const first = await ends.member.seal({ type: "candidate", candidates: [] });
    const second = await ends.member.seal({ type: "offer", sdp });

    await newcomer.receive(second);

    await expect(newcomer.receive(first)).rejects.toMatchObject({ code: "STALE" });
  });

  test("its own side's messages sent back, and messages of another session", async () => {
    const [member, newcomer] = await Promise.all([sealing(), sealing()]);
    const one = await meet(member, newcomer);
    const two = await meet(member, newcomer);
    const said = await one.member.seal({ type: "refuse", code: "X", message: "" });

    await expect(newcomer.receive(withHead(said, { session: two.member.session }))).rejects.toMatchObject({ code: "FORGED" });
    await expect(
      member.receive(withHead(said, { from: newcomer.id, instance: newcomer.instance, to: member.instance })),
    ).rejects.toMatchObject({ code: "FORGED" });
  });

  test("a description without a signature, even from whoever has the session's keys", async () => {
    const [member, newcomer] = await Promise.all([sealing(), sealing()]);
    const ends = await meet(member, newcomer);
    const answer = await ends.newcomer.seal({ type: "answer", sdp });
    const unsigned = answer.slice(0, -64);
    unsigned[1] = 1;

    await expect(member.receive(unsigned)).rejects.toMatchObject({ code: "FORGED" });
  });

  test("what is not sealed", async () => {
    const [member, newcomer] = await Promise.all([sealing(), sealing()]);
    const ends = await meet(member, newcomer);
    const { head } = parseEnvelope(await ends.member.seal({ type: "offer", sdp })) ?? {};
    const clear = encodeEnvelope(encodeHead(head as Head), bytesOf({ type: "offer", sdp }), { isSealed: false, isSigned: false });

    await expect(newcomer.receive(clear)).rejects.toMatchObject({ code: "FORGED" });
  });

  test("everything once it is closed, and holds nothing then", async () => {
    const [member, newcomer] = await Promise.all([sealing(), sealing()]);
    const ends = await meet(member, newcomer);
    const late = await ends.member.seal({ type: "offer", sdp });

    ends.newcomer.close();
    ends.newcomer.close();

    await expect(newcomer.receive(late)).rejects.toMatchObject({ code: "STALE" });
    await expect(ends.newcomer.seal({ type: "answer", sdp })).rejects.toMatchObject({ code: "CLOSED" });
    expect(newcomer.pairCount).toBe(0);
  });
});

describe("an id", () => {
  test("made of a key is its bearer's alone", async () => {
    const [member, victim] = await Promise.all([sealing(), sealing()]);
    const thief = await sealing({ id: victim.id });

    await expect(member.hear(await thief.announce())).rejects.toMatchObject({ code: "FORGED" });
  });

  test("that was chosen is whose it was first in the room, as long as the member is in it", async () => {
    const [member, alice] = await Promise.all([sealing(), sealing({ id: "alice" })]);
    const thief = await sealing({ id: "alice" });
    await announced(alice, member);
    await member.hear(await alice.leave());

    await expect(member.hear(await thief.announce())).rejects.toMatchObject({ code: "FORGED" });
  });

  test("comes back with the keys it had", async () => {
    const identity = await createIdentity();
    const member = await sealing();
    const alice = await sealing({ id: "alice", identity });
    await announced(alice, member);

    const later = await createSignaler({
      room: "lobby",
      id: "alice",
      identity: await createIdentity({ keyPair: identity.keyPair }),
      now: () => Date.now() + 1000,
    });

    await expect(announced(later, member)).resolves.toMatchObject({ id: "alice", instance: later.instance });
  });

  test("of this peer's own is refused to anyone else", async () => {
    const [sealed, clear] = await Promise.all([sealing({ id: "alice" }), open({ id: "alice" })]);

    await expect(sealed.hear(await (await sealing({ id: "alice" })).announce())).rejects.toMatchObject({ code: "FORGED" });
    await expect(clear.hear(await (await open({ id: "alice" })).announce())).rejects.toMatchObject({ code: "CLIENT_ID_TAKEN" });
  });
});

test("a stranger that claims another's stay and sessions under its own id does not get in its way", async () => {
  const [member, newcomer, identity] = await Promise.all([sealing(), sealing(), createIdentity()]);
  const stranger = await sealing({ identity });
  Object.defineProperty(stranger, "instance", { value: member.instance });
  const announcement = await announced(newcomer, stranger);
  await announced(newcomer, member);

  for (let count = 0; count < 3; count += 1) await newcomer.receive(await stranger.meet(announcement).seal({ type: "greet" }));
  const { member: pair } = await meet(member, newcomer);
  const { signal } = await newcomer.receive(await pair.seal({ type: "offer", sdp }));

  expect(signal).toEqual({ type: "offer", sdp });
});

describe("an announcement is refused", () => {
  test("when it was here before, and when its stay is over", async () => {
    const identity = await createIdentity();
    const [member, first, second] = [await sealing(), await sealing({ identity }), await sealing({ identity })];
    const [one, again, other] = [await first.announce(), await first.announce(), await second.announce()];

    await member.hear(one);
    await expect(member.hear(one)).rejects.toMatchObject({ code: "STALE" });
    await member.hear(other);
    await expect(member.hear(again)).rejects.toMatchObject({ code: "STALE" });
    await member.hear(await second.leave());
    await expect(member.hear(await second.announce())).rejects.toMatchObject({ code: "STALE" });
  });

  test("when it is changed, cut or not signed", async () => {
    const [member, newcomer] = await Promise.all([sealing(), sealing()]);
    const bytes = await newcomer.announce();
    const unsigned = bytes.slice(0, -64);
    unsigned[1] = 0;

    await expect(member.hear(changed(bytes, -70))).rejects.toMatchObject({ code: "FORGED" });
    await expect(member.hear(bytes.slice(0, -1))).rejects.toMatchObject({ code: "FORGED" });
    await expect(member.hear(unsigned)).rejects.toMatchObject({ code: "FORGED" });
  });

  test("when its keys are no points of the curve", async () => {
    const [member, newcomer, identity] = [await sealing(), await sealing(), await createIdentity()];
    const card = (await announced(newcomer, member)).card ?? { sign: "", agree: "", since: 0 };
    const announce = async (sign: string, agree: string): Promise<Uint8Array> => {
      const head = encodeHead({ from: "mallory", instance: "mallory-1", n: 1, card: { sign, agree, since: 1 } });
      const bytes = encodeEnvelope(head, bytesOf({ type: "announce" }), { isSealed: false, isSigned: true });
      return withSignature(bytes, await identity.sign(signedText("lobby", bytes)));
    };

    await expect(member.hear(await announce("A".repeat(87), card.agree))).rejects.toMatchObject({ code: "FORGED" });
    const heard = await member.hear(await announce(identity.publicKey, "A".repeat(87)));
    const pair = member.meet(heard as Exclude<typeof heard, undefined | { type: "leave" }>);
    await expect(pair.seal({ type: "greet" })).rejects.toMatchObject({ code: "BAD_SIGNAL" });
  });
});

test("one that seals and one that does not tell that they do not fit", async () => {
  const [sealed, clear] = await Promise.all([sealing(), open()]);

  await expect(sealed.hear(await clear.announce())).rejects.toMatchObject({ code: "PROTOCOL_MISMATCH" });
  await expect(clear.hear(await sealed.announce())).rejects.toMatchObject({ code: "PROTOCOL_MISMATCH" });
});

test("a later version of signaling is told from what is none", async () => {
  const [sealed, clear] = await Promise.all([sealing(), open()]);
  const later = await clear.announce();
  later[0] = 2;

  await expect(sealed.hear(later)).rejects.toMatchObject({ code: "PROTOCOL_MISMATCH" });
  await expect(sealed.hear(new Uint8Array())).rejects.toMatchObject({ code: "BAD_SIGNAL" });
});
