import { describe, expect, test } from "vitest";
import { announced, meet, open, sdp, sealing } from "./room.ts";

describe.each([
  ["sealed", sealing],
  ["in clear", open],
])("signaling %s", (_, peer) => {
  test("takes three messages: announce, offer, answer", async () => {
    const [member, newcomer] = await Promise.all([peer(), peer()]);

    const pair = member.meet(await announced(newcomer, member));
    const offered = await newcomer.receive(await pair.seal({ type: "offer", sdp, metadata: { name: "member" } }));
    const answered = await member.receive(await offered.pair.seal({ type: "answer", sdp, metadata: { name: "newcomer" } }));

    expect(offered).toMatchObject({ isNew: true, signal: { type: "offer", sdp, metadata: { name: "member" } } });
    expect(offered.pair).toMatchObject({ id: member.id, instance: member.instance, isOpener: false });
    expect(answered).toMatchObject({ isNew: false, signal: { type: "answer", sdp, metadata: { name: "newcomer" } } });
    expect(answered.pair).toBe(pair);
  });

  test("takes two more where the member wants to know the newcomer before it says who it is", async () => {
    const [member, newcomer] = await Promise.all([peer(), peer()]);

    const ends = await meet(member, newcomer);
    const introduced = await member.receive(await ends.newcomer.seal({ type: "introduce", metadata: { name: "newcomer" } }));
    const offered = await newcomer.receive(await ends.member.seal({ type: "offer", sdp }));

    expect(introduced.signal).toEqual({ type: "introduce", metadata: { name: "newcomer" } });
    expect(offered.signal).toEqual({ type: "offer", sdp });
  });

  test("what is sealed and read at once stays in order", async () => {
    const [member, newcomer] = await Promise.all([peer(), peer()]);
    const ends = await meet(member, newcomer);
    const codes = Array.from({ length: 100 }, (_, index) => String(index));
    const heard: string[] = [];

    const reads: Promise<void>[] = [];
    await Promise.all(
      codes.map(async (code) => {
        const bytes = await ends.member.seal({ type: "refuse", code, message: "" });
        reads.push(newcomer.receive(bytes).then(({ signal }) => void (signal.type === "refuse" && heard.push(signal.code))));
      }),
    );
    await Promise.all(reads);

    expect(heard).toEqual(codes);
  });

  test("a peer does not hear itself, and hears others come again and go", async () => {
    const [member, newcomer] = await Promise.all([peer(), peer()]);

    expect(await newcomer.hear(await newcomer.announce())).toBeUndefined();
    expect(await announced(newcomer, member)).toMatchObject({ id: newcomer.id, instance: newcomer.instance });
    expect(await announced(newcomer, member)).toMatchObject({ id: newcomer.id, instance: newcomer.instance });
    expect(await member.hear(await newcomer.leave())).toEqual({ type: "leave", id: newcomer.id, instance: newcomer.instance });
  });
});

test("metadata stands in the announcement only where nothing is sealed", async () => {
  const [member, newcomer] = await Promise.all([open(), open({ metadata: { name: "n" } })]);
  const [sealedMember, sealedNewcomer] = await Promise.all([sealing(), sealing({ metadata: { name: "n" } })]);

  expect((await announced(newcomer, member)).metadata).toEqual({ name: "n" });
  expect((await announced(sealedNewcomer, sealedMember)).metadata).toBeUndefined();
});
