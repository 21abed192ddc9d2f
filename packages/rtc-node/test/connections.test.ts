import { describe, expect, test, vi } from "vitest";
import { backends } from "./support/backends.ts";
import { next, opened, pair, state } from "./support/pair.ts";

/** Its description when all candidates are in it, for those who send only that. */
async function gathered(pc: RTCPeerConnection): Promise<RTCSessionDescription> {
  const end = next<RTCPeerConnectionIceEvent>(pc, "icecandidate", ({ candidate }) => candidate === null);
  await pc.setLocalDescription();
  await end;
  return pc.localDescription as RTCSessionDescription;
}

describe.each(backends)("connections of $name", (backend) => {
  test("states go from new to connected, each told by its event", async () => {
    using two = pair(backend);
    const told: string[] = [];
    two.left.onconnectionstatechange = () => told.push(two.left.connectionState);
    two.left.onsignalingstatechange = () => told.push(two.left.signalingState);
    const before = [two.left.connectionState, two.left.iceConnectionState, two.left.signalingState, two.left.iceGatheringState];
    two.left.createDataChannel("first");
    await state(two.left, "connected");

    expect(before).toEqual(["new", "new", "stable", "new"]);
    expect(told.filter((name) => /stable|offer/.test(name))).toEqual(["have-local-offer", "stable"]);
    expect(told.filter((name) => /connect/.test(name)).at(-1)).toBe("connected");
    expect(two.left.iceConnectionState).toBe("connected");
    expect(two.errors).toEqual([]);
    expect(two.descriptions.map(({ type }) => type)).toEqual(["offer", "answer"]);
  });

  test("candidates come after their description and end with null", async () => {
    const order: string[] = [];
    const pc = new backend.RTCPeerConnection({ iceServers: [] });
    pc.createDataChannel("first");
    const done = next<RTCPeerConnectionIceEvent>(pc, "icecandidate", ({ candidate }) => candidate === null);
    pc.addEventListener("icecandidate", ({ candidate }) => order.push(candidate ? (candidate.type ?? "?") : "end"));
    await pc.setLocalDescription();
    order.push(pc.localDescription?.type ?? "?");
    await done;
    pc.close();

    expect(order[0]).toBe("offer");
    expect(new Set(order.slice(1, -1))).toEqual(new Set(["host"]));
    expect(order.at(-1)).toBe("end");
    expect(JSON.parse(JSON.stringify(pc.localDescription))).toMatchObject({ type: "offer", sdp: expect.stringContaining("m=application") });
  });

  test("either side can negotiate again, and the channel lives on", async () => {
    using two = pair(backend);
    const left = two.left.createDataChannel("first");
    const { channel: right } = await next<RTCDataChannelEvent>(two.right, "datachannel");
    await Promise.all([opened(left), state(two.left, "connected"), state(two.right, "connected")]);

    for (const [from, to] of [
      [two.right, two.left],
      [two.left, two.right],
      [two.right, two.left],
    ] as const) {
      await from.setLocalDescription();
      await to.setRemoteDescription(from.localDescription as RTCSessionDescription);
      await to.setLocalDescription();
      await from.setRemoteDescription(to.localDescription as RTCSessionDescription);
    }
    const got = next<MessageEvent<string>>(right, "message");
    left.send("still here");

    expect((await got).data).toBe("still here");
    expect([two.left.connectionState, two.right.connectionState]).toEqual(["connected", "connected"]);
  });

  test("an offer can be taken back, and made again", async () => {
    const pc = new backend.RTCPeerConnection({ iceServers: [] });
    pc.createDataChannel("first");
    await pc.setLocalDescription();
    const offered = [pc.signalingState, pc.pendingLocalDescription?.type];
    await pc.setLocalDescription({ type: "rollback" });
    const back = [pc.signalingState, pc.pendingLocalDescription];
    await pc.setLocalDescription();
    const again = pc.signalingState;
    pc.close();

    expect(offered).toEqual(["have-local-offer", "offer"]);
    expect(back).toEqual(["stable", null]);
    expect(again).toBe("have-local-offer");
  });

  test("candidates before the remote description are refused, the end of candidates is taken in each form", async () => {
    using two = pair(backend);
    const early = new backend.RTCPeerConnection({ iceServers: [] });
    const candidate = { candidate: "candidate:1 1 udp 2113937151 127.0.0.1 9 typ host", sdpMid: "0", sdpMLineIndex: 0 };
    await expect(early.addIceCandidate(candidate)).rejects.toMatchObject({ name: "InvalidStateError" });
    early.close();
    two.left.createDataChannel("first");
    await state(two.left, "connected");

    await two.left.addIceCandidate();
    await two.left.addIceCandidate(null);
    await two.left.addIceCandidate({ candidate: "", sdpMid: "0" });
    await expect(two.left.addIceCandidate({ candidate: candidate.candidate })).rejects.toThrow(TypeError);

    expect(two.left.connectionState).toBe("connected");
  });

  test("statistics tell the kind of the path and its bytes", async () => {
    using two = pair(backend);
    const channel = two.left.createDataChannel("first");
    const { channel: other } = await next<RTCDataChannelEvent>(two.right, "datachannel");
    await opened(channel);
    const got = next(other, "message");
    channel.send(new Uint8Array(10_000));
    await got;

    // libwebrtc's numbers lag behind what has happened.
    const [report, used] = await vi.waitUntil(async () => {
      const now = await two.left.getStats();
      const all = [...now.values()] as Record<string, unknown>[];
      const chosen = all.find(({ type, nominated, state: at }) => type === "candidate-pair" && nominated && at === "succeeded");
      return Number(chosen?.["bytesSent"]) >= 10_000 && ([now, chosen] as const);
    }, 4000);
    const local = report.get(used?.["localCandidateId"] as string) as Record<string, unknown>;
    const remote = report.get(used?.["remoteCandidateId"] as string) as Record<string, unknown>;

    expect(local).toMatchObject({ type: "local-candidate", candidateType: expect.stringMatching(/host|prflx/), protocol: "udp" });
    expect(remote).toMatchObject({ type: "remote-candidate", candidateType: expect.stringMatching(/host|prflx/) });
  });

  test("who waits for the last candidate has all in the description", async () => {
    const left = new backend.RTCPeerConnection({ iceServers: [] });
    const right = new backend.RTCPeerConnection({ iceServers: [] });
    const channel = left.createDataChannel("first");
    const states: string[] = [];
    left.onicegatheringstatechange = () => states.push(left.iceGatheringState);
    await right.setRemoteDescription(await gathered(left));
    states.push("the last");
    await left.setRemoteDescription(await gathered(right));
    await opened(channel);

    expect(states).toEqual(["gathering", "complete", "the last"]);
    left.close();
    right.close();
  });

  test("a certificate other than the one that was signed is refused", async () => {
    const left = new backend.RTCPeerConnection({ iceServers: [] });
    const right = new backend.RTCPeerConnection({ iceServers: [] });
    const channel = left.createDataChannel("first");
    let isOpen = false;
    channel.onopen = () => (isOpen = true);
    right.ondatachannel = () => (isOpen = true);
    const tampered = ({ type, sdp }: RTCSessionDescriptionInit): RTCSessionDescriptionInit => ({
      type,
      sdp: sdp?.replace(/(a=fingerprint:\S+ )(..)/g, (_, start: string, byte: string) => start + (byte === "00" ? "11" : "00")) ?? "",
    });
    // libwebrtc tells the one that has the wrong one later.
    const ends = [left, right].map((pc) => next(pc, "connectionstatechange", () => /failed|closed/.test(pc.connectionState)));
    await right.setRemoteDescription(tampered(await gathered(left)));
    await left.setRemoteDescription(await gathered(right));
    await Promise.race(ends);

    expect(isOpen).toBe(false);
    expect([left.connectionState, right.connectionState]).not.toContain("connected");
    left.close();
    right.close();
  });

  test("what waits when a connection is closed is rejected, and later calls too", async () => {
    const pc = new backend.RTCPeerConnection({ iceServers: [] });
    pc.createDataChannel("first");
    const waiting = pc.setLocalDescription();
    pc.close();
    pc.close();

    await expect(waiting).rejects.toMatchObject({ name: "InvalidStateError" });
    await expect(pc.setLocalDescription()).rejects.toMatchObject({ name: "InvalidStateError" });
    expect(() => pc.createDataChannel("late")).toThrow(expect.objectContaining({ name: "InvalidStateError" }));
    expect(() => pc.restartIce()).toThrow(expect.objectContaining({ name: "InvalidStateError" }));
    expect((await pc.getStats()).size).toBe(0);
  });

  test("wrong servers are refused in words", () => {
    const make = (server: RTCIceServer) => () => new backend.RTCPeerConnection({ iceServers: [server] });

    expect(make({ urls: "http://127.0.0.1" })).toThrow(expect.objectContaining({ name: "SyntaxError" }));
    expect(make({ urls: "turn:127.0.0.1" })).toThrow(expect.objectContaining({ name: "InvalidAccessError" }));
  });

  test("nonsense from a remote is an error of the call and nothing more", async () => {
    using two = pair(backend);
    const thrown: unknown[] = [];
    const descriptions = [
      "",
      "v=0",
      "nonsense",
      "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
    ];
    for (const sdp of descriptions) {
      const pc = new backend.RTCPeerConnection({ iceServers: [] });
      await pc.setRemoteDescription({ type: "offer", sdp }).then(
        () => pc.setLocalDescription().catch(() => {}),
        (error: unknown) => thrown.push(error),
      );
      pc.close();
    }
    two.left.createDataChannel("first");
    await state(two.left, "connected");
    for (const candidate of [
      "nonsense",
      "candidate:",
      "candidate:1 1 udp 1 127.0.0.1 99999999 typ host",
      "candidate:1 1 tcp 1 x 9 typ y",
    ]) {
      thrown.push(await two.left.addIceCandidate({ candidate, sdpMid: "0" }).catch((error: unknown) => error));
    }

    for (const error of thrown.filter(Boolean)) expect(error).toBeInstanceOf(Error);
    expect(two.left.connectionState).toBe("connected");
  });
});

describe.each(backends.filter(({ name }) => name !== "node-datachannel"))("ICE of $name", (backend) => {
  test("a restart of ICE gives new credentials, and the channel lives on", async () => {
    using two = pair(backend);
    const left = two.left.createDataChannel("first");
    const { channel: right } = await next<RTCDataChannelEvent>(two.right, "datachannel");
    await Promise.all([opened(left), state(two.left, "connected"), state(two.right, "connected")]);
    const user = (): string | undefined => /a=ice-ufrag:(\S+)/.exec(two.left.localDescription?.sdp ?? "")?.[1];
    const before = user();

    for (let round = 0; round < 3; round++) {
      const stable = next(two.left, "signalingstatechange", () => two.left.signalingState === "stable");
      two.left.restartIce();
      await stable;
      const got = next<MessageEvent<string>>(right, "message");
      left.send(`round ${round}`);
      expect((await got).data).toBe(`round ${round}`);
    }

    expect(user()).not.toBe(before);
    expect(two.errors).toEqual([]);
    expect(two.left.connectionState).toBe("connected");
  });
});

describe.each(backends.filter(({ name }) => name === "node-datachannel"))("ICE of $name", (backend) => {
  test("a restart of ICE is refused in words", () => {
    using two = pair(backend);

    expect(() => two.left.restartIce()).toThrow(expect.objectContaining({ name: "NotSupportedError" }));
  });
});
