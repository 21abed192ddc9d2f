import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { RTCPeerConnection } from "werift";
import { iceServerAddresses } from "../src/backends/ice-server.ts";
import { chooseStunServer } from "../src/backends/werift-gathering.ts";
import { backends } from "./support/backends.ts";
import { next, opened, pair } from "./support/pair.ts";

test("addresses of servers are taken apart", () => {
  const turn = { username: "1:a", credential: "b@c" };

  expect(
    iceServerAddresses([{ urls: ["stun:a.example", "stuns:[::1]:5000"] }, { urls: "turns:b.example?transport=tcp", ...turn }]),
  ).toEqual([
    { scheme: "stun", host: "a.example", port: 3478, transport: "udp", username: "", credential: "" },
    { scheme: "stuns", host: "::1", port: 5000, transport: "tcp", username: "", credential: "" },
    { scheme: "turns", host: "b.example", port: 5349, transport: "tcp", ...turn },
  ]);
});

test("werift asks no server that it was not told of", async () => {
  const pc = new RTCPeerConnection({ iceServers: [] });
  pc.createDataChannel("first");
  const server = (): unknown => pc.iceTransports.map(({ connection }) => Reflect.get(connection, "stunServer") as unknown);
  chooseStunServer(pc.iceTransports, []);
  const none = server();
  chooseStunServer(pc.iceTransports, iceServerAddresses([{ urls: "turn:127.0.0.1:9", username: "a", credential: "b" }]));
  const turn = server();
  await pc.close();

  expect(none).toEqual([undefined]);
  expect(turn).toEqual([["127.0.0.1", 9]]);
});

describe.each(backends)("$name", (backend) => {
  test("asks the STUN server that it was told of", async () => {
    const server = createSocket("udp4");
    server.bind(0, "127.0.0.1");
    await once(server, "listening");
    const pc = new backend.RTCPeerConnection({ iceServers: [{ urls: `stun:127.0.0.1:${server.address().port}` }] });
    pc.createDataChannel("first");
    const asked = once(server, "message") as Promise<[Buffer]>;
    await pc.setLocalDescription();
    const [question] = await asked;
    pc.close();
    server.close();

    // A binding request, with the number that makes it STUN.
    expect([question.readUInt16BE(0), question.readUInt32BE(4)]).toEqual([1, 0x2112a442]);
  });

  test("connects on another way while a TURN server does not answer", async () => {
    const silent = createSocket("udp4");
    silent.bind(0, "127.0.0.1");
    await once(silent, "listening");
    const urls = `turn:127.0.0.1:${silent.address().port}`;
    const begun = performance.now();
    using two = pair(backend, backend, { iceServers: [{ urls, username: "a", credential: "b" }] });
    const left = two.left.createDataChannel("first");
    const { channel: right } = await next<RTCDataChannelEvent>(two.right, "datachannel");
    await opened(left);
    const tookMs = performance.now() - begun;
    const got = next<MessageEvent<string>>(right, "message");
    left.send("hello");
    const { data } = await got;
    silent.close();

    expect(data).toBe("hello");
    expect(tookMs).toBeLessThan(4000);
    expect(two.errors).toEqual([]);
  });
});
