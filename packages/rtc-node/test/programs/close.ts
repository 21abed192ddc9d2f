import { backends } from "../support/backends.ts";
import { next, opened, pair } from "../support/pair.ts";

/** Connects, talks, closes, and does not end the process: it must end by itself. */
const backend = backends.find(({ name }) => name === process.argv[2]);
if (!backend) throw new Error(`no backend ${process.argv[2]}`);
const unused = new backend.RTCPeerConnection();
const offering = new backend.RTCPeerConnection();
offering.createDataChannel("never");
await offering.setLocalDescription();
const two = pair(backend);
const left = two.left.createDataChannel("control", { negotiated: true, id: 0 });
const right = two.right.createDataChannel("control", { negotiated: true, id: 0 });
two.left.createDataChannel("other");
const { channel } = await next<RTCDataChannelEvent>(two.right, "datachannel");
await Promise.all([opened(left), opened(right), opened(channel)]);
left.send("hello");
await next(right, "message");
unused.close();
offering.close();
two.left.close();
two.right.close();
process.stdout.write("closed\n");
