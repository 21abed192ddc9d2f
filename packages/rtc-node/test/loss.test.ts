import { expect, test } from "vitest";
import { RTCPeerConnection } from "werift";
import { guardMessages } from "../src/backends/werift-guard.ts";

const dataChunk = 0;
const fragmentBytes = 1160;

/** Two connections of werift; what comes to `receiver` goes by `pass`, as SCTP packets. */
async function connect(
  pass: (packet: Buffer, deliver: (packet: Buffer) => void) => void,
): Promise<Record<"sender" | "receiver", RTCPeerConnection>> {
  const sender = new RTCPeerConnection({ iceServers: [] });
  const receiver = new RTCPeerConnection({ iceServers: [] });
  const control = sender.createDataChannel("control", { negotiated: true, id: 0 });
  const opened = new Promise((resolve) => control.addEventListener("open", resolve));
  await sender.setLocalDescription(await sender.createOffer());
  await receiver.setRemoteDescription(sender.localDescription as RTCSessionDescriptionInit as never);
  guardMessages(receiver.sctpTransport);
  await receiver.setLocalDescription(await receiver.createAnswer());
  await sender.setRemoteDescription(receiver.localDescription as never);
  await opened;
  const dtls = receiver.dtlsTransports[0];
  const deliver = dtls?.dataReceiver;
  if (!dtls || !deliver) throw new Error("nothing is connected");
  dtls.dataReceiver = (packet) => pass(packet, deliver);
  return { sender, receiver };
}

test("over werift all that waited for a packet that came late is delivered with it", async () => {
  let held: Buffer | undefined;
  const seen = new Set<number>();
  const late = { sequenceNumber: -1 };
  const { sender, receiver } = await connect((packet, deliver) => {
    if (packet[12] !== dataChunk) return deliver(packet);
    const sequenceNumber = packet.readUInt32BE(16);
    if (held === undefined) {
      held = packet;
      late.sequenceNumber = sequenceNumber;
    } else if (sequenceNumber !== late.sequenceNumber) {
      deliver(packet);
      // Of each of four messages three fragments, of which one is held.
      if (seen.add(sequenceNumber).size === 11) deliver(held);
    }
  });
  const [left, right] = [7, 8].map((id) => sender.createDataChannel(`${id}`, { negotiated: true, id }));
  const got: string[] = [];
  const all = new Promise<void>((resolve) => {
    for (const id of [7, 8]) {
      receiver.createDataChannel(`${id}`, { negotiated: true, id }).addEventListener("message", ({ data }) => {
        if (got.push(`${id} ${(data as Buffer)[0]}`) === 4) resolve();
      });
    }
  });

  const message = (value: number): Buffer => Buffer.alloc(3 * fragmentBytes, value);
  left?.send(message(1));
  right?.send(message(2));
  left?.send(message(3));
  right?.send(message(4));
  await all;

  expect(got.toSorted()).toEqual(["7 1", "7 3", "8 2", "8 4"]);
  await Promise.all([sender.close(), receiver.close()]);
});
