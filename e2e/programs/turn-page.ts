import { connect } from "@peerloom/client";

/** What the page can be told to do. */
export interface TurnPage {
  /** Connects two ends in this page by the TURN servers of a relay and nothing else; resolves to what one said to the other, or to a code. */
  readonly play: (url: string, credential?: string) => Promise<string>;
}

const play: TurnPage["play"] = async (url, credential) => {
  const client = await connect(url);
  const iceServers = (await client.iceServers()).map((server) => ({ ...server, ...(credential !== undefined && { credential }) }));
  const configuration: RTCConfiguration = { iceServers, iceTransportPolicy: "relay" };
  const [left, right] = [new RTCPeerConnection(configuration), new RTCPeerConnection(configuration)];
  const outcome = Promise.withResolvers<string>();
  for (const [own, other] of [
    [left, right],
    [right, left],
  ] as const) {
    own.addEventListener("icecandidate", ({ candidate }) => void other.addIceCandidate(candidate ?? undefined));
    own.addEventListener("icecandidateerror", ({ errorCode }) => outcome.resolve(`error ${errorCode}`));
  }
  const channel = left.createDataChannel("x");
  channel.addEventListener("open", () => channel.send("hello by TURN"));
  right.addEventListener("datachannel", (event) => event.channel.addEventListener("message", ({ data }) => outcome.resolve(String(data))));
  await left.setLocalDescription();
  await right.setRemoteDescription(left.localDescription as RTCSessionDescription);
  await right.setLocalDescription();
  await left.setRemoteDescription(right.localDescription as RTCSessionDescription);
  const said = await outcome.promise;
  left.close();
  right.close();
  await client.close();
  return said;
};

Object.assign(globalThis, { play } satisfies TurnPage);
