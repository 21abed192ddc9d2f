import { randomBytes, randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { describe, expect, test } from "vitest";
import { RTCPeerConnection } from "werift";
import { guardMessages } from "../src/backends/werift-guard.ts";
import { backends } from "./support/backends.ts";

const control = 50;
const text = 51;

/** A remote that can send anything over the connection's SCTP. */
async function meetAttacker(
  victim: globalThis.RTCPeerConnection,
): Promise<{ attacker: RTCPeerConnection; channelId: number; port: number; address: string }> {
  const attacker = new RTCPeerConnection({ iceServers: [] });
  const channel = attacker.createDataChannel("first");
  const opened = new Promise<void>((resolve) => {
    channel.onopen = () => resolve();
  });
  await attacker.setLocalDescription(await attacker.createOffer());
  await victim.setRemoteDescription({ type: "offer", sdp: attacker.localDescription?.sdp ?? "" });
  const candidates: RTCIceCandidate[] = [];
  const gathered = new Promise<void>((resolve) => {
    victim.onicecandidate = ({ candidate }) => (candidate ? void candidates.push(candidate) : resolve());
  });
  await victim.setLocalDescription();
  await gathered;
  await attacker.setRemoteDescription({ type: "answer", sdp: victim.localDescription?.sdp ?? "" });
  for (const { candidate, sdpMid } of candidates) await attacker.addIceCandidate({ candidate, sdpMid: sdpMid ?? "0" }).catch(() => {});
  // The attacker is answered in kind, and must not fall over that.
  guardMessages(attacker.sctpTransport);
  await opened;
  const { port, address } = candidates.find((own) => own.address?.includes(".")) ?? {};
  return { attacker, channelId: channel.id ?? 0, port: port ?? 0, address: address ?? "" };
}

describe.each(backends.filter(({ name }) => name !== "wrtc"))("a remote of $name", (backend) => {
  test("that sends messages nobody expects ends neither the process nor the connection", async () => {
    const victim = new backend.RTCPeerConnection({ iceServers: [] });
    const labels: string[] = [];
    const done = new Promise<void>((resolve) => {
      victim.addEventListener("datachannel", ({ channel }) => {
        labels.push(channel.label);
        if (channel.label === "the end") resolve();
      });
    });
    const { attacker, channelId } = await meetAttacker(victim);
    const send = (id: number, kind: number, ...bytes: number[]): Promise<void> =>
      attacker.sctpTransport?.sctp.send(id, kind, Buffer.from(bytes), { expiry: undefined, maxRetransmits: undefined, ordered: true }) ??
      Promise.resolve();

    await send(99, control, 2);
    await send(channelId, 77, 1, 2, 3);
    await send(98, control, 3, 1, 2);
    await send(97, control, 3, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff);
    await send(95, control, 3, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0x61);
    await send(93, text, 0x61);
    await send(channelId, control, 3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0x62);
    await send(channelId, control, 0xff, 0xff);
    attacker.createDataChannel("the end");
    await done;

    expect(labels).toContain("first");
    expect(victim.connectionState).toBe("connected");
    await attacker.close();
    victim.close();
  });

  test("or anyone else, who throws packets at its port, changes nothing", async () => {
    const victim = new backend.RTCPeerConnection({ iceServers: [] });
    const { attacker, channelId, port, address } = await meetAttacker(victim);
    const socket = createSocket("udp4");
    const stun = (type: number, attributes: Buffer): Buffer => {
      const head = Buffer.alloc(20);
      head.writeUInt16BE(type, 0);
      head.writeUInt16BE(attributes.length, 2);
      head.writeUInt32BE(0x2112a442, 4);
      return Buffer.concat([head, attributes]);
    };
    const kinds = [
      () => randomBytes(randomInt(0, 200)),
      () => stun(randomInt(0, 0x4000), randomBytes(randomInt(0, 60))),
      () => stun(1, Buffer.concat([Buffer.from([0, 6, 0, randomInt(0, 60)]), randomBytes(randomInt(0, 60))])),
      () =>
        Buffer.concat([
          Buffer.from([20 + randomInt(0, 6), 254, 253, 0, randomInt(0, 3), 0, 0, 0, 0, 0, 1, 0, randomInt(0, 60)]),
          randomBytes(60),
        ]),
      () => Buffer.concat([Buffer.from([128 + randomInt(0, 64)]), randomBytes(randomInt(0, 100))]),
    ];

    for (let i = 0; i < 2000; i++) {
      await new Promise((resolve) => socket.send(kinds[i % kinds.length]?.() ?? "", port, address, resolve));
    }
    const opened = new Promise<void>((resolve) => {
      victim.ondatachannel = () => resolve();
    });
    attacker.createDataChannel("still here");
    await opened;

    expect([victim.connectionState, channelId % 2]).toEqual(["connected", 1]);
    socket.close();
    await attacker.close();
    victim.close();
  });
});
