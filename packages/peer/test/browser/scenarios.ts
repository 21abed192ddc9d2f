import { camera, plays, until, World, type DriverName } from "./world.ts";

export type { DriverName };

/** Connects `count` peers that all publish a camera and a channel; says what each saw. */
async function connect(driver: DriverName, count: number): Promise<object> {
  const world = await World.open(driver);
  const peers = Array.from({ length: count }, (_, index) => world.peer(`p${index}`));
  const streams = await Promise.all(peers.map(() => camera()));
  peers.forEach((peer, index) => {
    peer.publish({ label: "camera", stream: streams[index] as MediaStream });
    peer.open("chat");
  });
  const added = Promise.all(
    peers.map((peer) =>
      until(peer, "stream:add", () => peer.remotes.every(({ id }) => peer.streams(id).length === 1) && peer.remotes.length === count - 1),
    ),
  );
  await world.meet(peers, { room: "room" });
  await added;
  const got = Promise.all(peers.slice(1).map((peer) => until(peer, "channel:message")));
  const { delivered } = await (peers[0] as (typeof peers)[0]).send("chat", { hello: "all" });
  const messages = (await got).map(({ data }) => data);
  const sizes = await Promise.all(
    peers.map(async (peer) => plays(peer.streams((peer.remotes[0] as { id: string }).id)[0]?.stream as MediaStream)),
  );
  const connections = peers.map((peer) => peer.remotes.map(({ state }) => state));
  await world.close();
  for (const stream of streams) for (const track of stream.getTracks()) track.stop();
  return {
    delivered: delivered.length,
    messages,
    sizes,
    connections,
    errors: world.errors,
    left: peers.map(({ remotes }) => remotes.length),
  };
}

/** Streams and tracks come, are replaced, muted and go, while channels open and close: counts what the driver carried meanwhile. */
async function media(driver: DriverName): Promise<object> {
  const world = await World.open(driver);
  const [alice, bob] = [world.peer("alice"), world.peer("bob")];
  await world.meet();
  const { published } = world;

  const stream = await camera();
  const [audio, video] = [stream.getAudioTracks()[0] as MediaStreamTrack, stream.getVideoTracks()[0] as MediaStreamTrack];
  const added = until(bob, "track:add", ({ kind }) => kind === "video");
  alice.publish({ label: "camera", stream, metadata: { title: "me" } });
  const { stream: seen } = await added;
  const size = await plays(seen);

  const other = (await camera({ video: { width: 320, height: 240 } })).getVideoTracks()[0] as MediaStreamTrack;
  const replaced = until(bob, "track:add", ({ trackId }) => trackId === other.id);
  alice.replaceTrack({ label: "camera", from: video, to: other });
  const sameStream = (await replaced).stream === seen;

  const muted = until(bob, "track:mute");
  alice.mute({ label: "camera", kind: "audio" });
  const mutedKind = (await muted).kind;
  const unmuted = until(bob, "track:unmute");
  alice.unmute({ label: "camera" });
  await unmuted;

  const updated = until(bob, "stream:update");
  alice.publish({ label: "camera", stream: new MediaStream([audio, other]), metadata: { title: "still me" } });
  const title = (await updated).metadata;

  const screen = until(alice, "stream:add");
  bob.publish(await camera({ video: true }).then((media) => ({ label: "screen", stream: media })));
  await screen;

  const trackGone = until(bob, "track:remove", ({ kind }) => kind === "audio");
  alice.publish({ label: "camera", stream: new MediaStream([other]) });
  await trackGone;

  const opened = until(bob, "channel:open");
  alice.open("x");
  await opened;
  const message = until(bob, "channel:message");
  await alice.send("x", "hi");
  await message;
  const closed = until(alice, "channel:close");
  bob.close("x");
  await closed;

  const gone = until(bob, "stream:remove");
  alice.unpublish("camera");
  await gone;
  const traffic = world.published - published;
  const result = {
    size,
    sameStream,
    mutedKind,
    title,
    traffic,
    order: world.said("bob").filter((line) => /^(stream|track)/.test(line)),
    errors: world.errors,
    tracksEnded: [audio, video, other].map(({ readyState }) => readyState),
  };
  await world.close();
  return result;
}

/** A third peer comes late: to a stream that was published twice, a muted track, and channels opened by either of the others. */
async function lateJoiner(driver: DriverName): Promise<object> {
  const world = await World.open(driver);
  const [alice, bob, carol] = [world.peer("alice"), world.peer("bob"), world.peer("carol")];
  await world.meet([alice, bob], { metadata: { here: "early" } });
  const stream = await camera();
  alice.publish({ label: "camera", stream });
  alice.publish({ label: "camera", stream, metadata: { again: true } });
  alice.mute({ label: "camera", kind: "video" });
  bob.publish({ label: "screen", stream: await camera({ video: true }) });
  alice.open({ label: "chat", metadata: { by: "alice" } });
  bob.open({ label: "game", ordered: false, maxRetransmits: 0 });
  await until(alice, "channel:open", ({ label }) => label === "game" || alice.channel("bob", "game")?.state === "open");
  alice.setMetadata({ here: "later" });

  const seen = Promise.all([
    until(carol, "track", () => carol.streams("alice")[0]?.tracks.length === 2),
    until(carol, "stream:add", ({ remote }) => remote.id === "bob"),
    until(carol, "channel:open", () => carol.channel("alice", "chat")?.state === "open" && carol.channel("bob", "game")?.state === "open"),
  ]);
  await world.meet([alice, bob, carol]);
  await seen;
  const got = until(carol, "channel:message");
  await bob.send("game", "fast", { to: "carol" });
  const result = {
    message: (await got).data,
    alice: carol
      .streams("alice")
      .map(({ label, metadata, tracks }) => ({ label, metadata, tracks: tracks.map(({ kind, isMuted }) => [kind, isMuted]) })),
    bob: carol.streams("bob").map(({ label }) => label),
    chat: carol.channel("alice", "chat")?.metadata,
    game: [carol.channel("bob", "game")?.ordered, carol.channel("bob", "game")?.maxRetransmits],
    metadata: carol.remotes.find(({ id }) => id === "alice")?.metadata,
    errors: world.errors,
  };
  await world.close();
  return result;
}

/** Leaves and comes back, again and again. */
async function rejoin(driver: DriverName, rounds: number): Promise<object> {
  const world = await World.open(driver);
  const [alice, bob] = [world.peer("alice"), world.peer("bob")];
  alice.publish({ label: "camera", stream: await camera({ audio: true }) });
  bob.open("chat");
  await alice.join();
  for (let round = 0; round < rounds; round++) {
    const seen = Promise.all([until(bob, "track:add"), until(alice, "channel:open")]);
    await bob.join();
    await seen;
    const gone = until(alice, "connection:closed");
    await bob.leave();
    await gone;
  }
  const result = {
    connected: world.said("alice", "connection:connected").length,
    closed: world.said("alice", "connection:closed").length,
    failed: world.log.filter((line) => line.includes("failed") || line.includes("disconnected")),
    remotes: alice.remotes.length,
    errors: world.errors,
  };
  await world.close();
  return result;
}

/** Both sides change at once what they send, again and again: a stream more in one round, one less in the next. */
async function glare(driver: DriverName, rounds: number): Promise<object> {
  const world = await World.open(driver);
  const [alice, bob] = [world.peer("alice"), world.peer("bob")];
  await world.meet();
  const stream = await camera();
  const [audio, video] = [stream.getAudioTracks()[0] as MediaStreamTrack, stream.getVideoTracks()[0] as MediaStreamTrack];
  let lost = 0;
  for (let round = 0; round < rounds; round += 2) {
    const label = `round ${round}`;
    const tracks = round % 50 === 0 ? [audio, video] : [audio];
    const whole = (peer: typeof alice, from: string): boolean =>
      peer.streams(from).find((one) => one.label === label)?.tracks.length === tracks.length;
    const seen = Promise.all([until(alice, "track:add", () => whole(alice, "bob")), until(bob, "track:add", () => whole(bob, "alice"))]);
    alice.publish({ label, stream: new MediaStream(tracks) });
    bob.publish({ label, stream: new MediaStream(tracks) });
    await seen;
    for (const [peer, from] of [
      [alice, "bob"],
      [bob, "alice"],
    ] as const)
      lost += peer.streams(from)[0]?.tracks.filter(({ track }) => track.readyState !== "live").length ?? 1;
    const gone = Promise.all([until(alice, "stream:remove"), until(bob, "stream:remove")]);
    alice.unpublish(label);
    bob.unpublish(label);
    await gone;
  }
  const added = until(bob, "stream:add");
  alice.publish({ label: "last", stream });
  const size = await plays((await added).stream);
  const result = { lost, size, errors: world.errors, streams: [alice.streams("bob").length, bob.streams("alice").length] };
  await world.close();
  return result;
}

/** Takes and leaves streams by peer and label; a publisher chooses who gets one; encodings are passed through. */
async function choose(driver: DriverName): Promise<object> {
  const world = await World.open(driver);
  const [alice, bob, carol] = [world.peer("alice"), world.peer("bob", { isSubscribed: false }), world.peer("carol")];
  const stream = await camera();
  const sent = recordTransceivers();
  const encodings = ["q", "h", "f"].map((rid, index) => ({ rid, scaleResolutionDownBy: 4 / 2 ** index }));
  alice.publish({ label: "camera", stream, videoParameters: { encodings, maxBitrate: 500_000 } });
  alice.publish({
    label: "private",
    stream: new MediaStream([stream.getAudioTracks()[0] as MediaStreamTrack]),
    filter: ({ id }) => id === "bob",
  });
  const carolSees = until(carol, "track:add", ({ kind }) => kind === "video");
  await world.meet();
  await carolSees;
  const before = bob.streams("alice").length;

  const bobSees = until(bob, "stream:add");
  bob.subscribe({ peer: "alice", label: "private" });
  const chosen = (await bobSees).label;
  const alsoCamera = until(bob, "stream:add", ({ label }) => label === "camera");
  bob.subscribe();
  await alsoCamera;
  const gone = until(bob, "stream:remove", ({ label }) => label === "camera");
  bob.unsubscribe({ label: "camera" });
  await gone;
  const result = {
    before,
    chosen,
    encodings: sent[0]?.sendEncodings?.map(({ rid }) => rid),
    bob: bob.streams("alice").map(({ label, stream: media }) => [label, media !== undefined]),
    carol: carol.streams("alice").map(({ label }) => label),
    errors: world.errors,
  };
  await world.close();
  return result;
}

/** One of two peers in two pages. The second one resolves once it is connected. */
async function enter(id: string, name: string): Promise<void> {
  const world = await World.open("broadcast-channel", name);
  const peer = world.peer(id);
  peer.open("chat");
  const connected = until(peer, "channel:open");
  await peer.join();
  if (id === "second") await connected;
}

/** Resolves to the milliseconds after which the page's peer says that it has lost the other one. */
async function loses(): Promise<number> {
  const { world } = globalThis as unknown as { world: World };
  const startedAt = performance.now();
  await until(world.peers[0] as World["peers"][0], "connection:disconnected");
  return performance.now() - startedAt;
}

/** The path of a pair is cut for a while: says when that was noticed, when it was back, and what came. */
async function cut(ms: number): Promise<object> {
  const { mapCandidate, setCut } = globalThis as unknown as {
    mapCandidate(candidate: string): Promise<string | undefined>;
    setCut(isCut: boolean): Promise<void>;
  };
  const { addIceCandidate, setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.addIceCandidate = async function (this: RTCPeerConnection, candidate?: RTCIceCandidateInit | null) {
    const mapped = candidate?.candidate && (await mapCandidate(candidate.candidate));
    if (mapped)
      await (addIceCandidate as (candidate: RTCIceCandidateInit) => Promise<void>).call(this, { ...candidate, candidate: mapped });
  } as typeof addIceCandidate;
  RTCPeerConnection.prototype.setRemoteDescription = function (this: RTCPeerConnection, description: RTCSessionDescriptionInit) {
    return (setRemoteDescription as (description: RTCSessionDescriptionInit) => Promise<void>).call(this, {
      ...description,
      sdp: (description.sdp ?? "").replaceAll(/^a=candidate:.*\r\n/gm, ""),
    });
  } as typeof setRemoteDescription;
  const world = await World.open("memory");
  const [alice, bob] = [world.peer("alice"), world.peer("bob")];
  const stream = await camera();
  alice.publish({ label: "camera", stream });
  alice.open("chat");
  const ready = Promise.all([until(bob, "channel:open"), until(bob, "track:add", ({ kind }) => kind === "video")]);
  await world.meet();
  await ready;
  const got: unknown[] = [];
  bob.on("channel:message", ({ data }) => void got.push(data));
  let sent = 0;
  const sender = setInterval(() => alice.channel("bob", "chat")?.post(sent++), 50);
  await until(bob, "channel:message");

  const lost = Promise.all([until(alice, "connection:disconnected"), until(bob, "connection:disconnected")]);
  const back = Promise.all([until(alice, "connection:connected"), until(bob, "connection:connected")]);
  const cutAt = performance.now();
  await setCut(true);
  const healed = new Promise((resolve) => setTimeout(resolve, ms)).then(() => setCut(false));
  await lost;
  const noticedMs = performance.now() - cutAt;
  await healed;
  const healedAt = performance.now();
  await back;
  const backMs = performance.now() - healedAt;
  clearInterval(sender);
  await alice.send("chat", "last");
  const seen = bob.streams("alice")[0]?.stream as MediaStream;
  const result = {
    noticedMs,
    backMs,
    isWhole: got.length === sent + 1 && got.every((value, index) => value === (index < sent ? index : "last")),
    size: await plays(seen),
    errors: world.errors,
  };
  await world.close();
  return result;
}

/** What `addTransceiver` is given for video from now on. */
function recordTransceivers(): RTCRtpTransceiverInit[] {
  const inits: RTCRtpTransceiverInit[] = [];
  const { addTransceiver } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.addTransceiver = function (track, init) {
    if (typeof track !== "string" && track.kind === "video" && init !== undefined) inits.push(init);
    return addTransceiver.call(this, track, init);
  };
  return inits;
}

/** Publishes a camera in a room with a peer elsewhere; resolves to the size of the picture that comes back. */
async function echo(driver: DriverName, name: string): Promise<string> {
  const world = await World.open(driver, name);
  const page = world.peer("page");
  page.publish({ label: "camera", stream: await camera() });
  const back = until(page, "track:add", ({ kind }) => kind === "video");
  await page.join();
  const size = await plays((await back).stream);
  await world.close();
  return `${size} ${world.errors.join()}`.trim();
}

/** By their names, as tests call them. */
export const scenarios = { connect, media, lateJoiner, rejoin, glare, choose, enter, loses, cut, echo };
