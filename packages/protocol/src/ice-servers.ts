import { isListOf, isRecord, isText, isUint, parseShape, type Shape } from "./shape.ts";

/** A STUN or TURN server, in the form that `RTCPeerConnection` takes. */
export interface IceServer {
  readonly urls: string[];
  readonly username?: string;
  readonly credential?: string;
}

/** What a relay answers to `ice-servers`. */
export interface IceServerList {
  readonly iceServers: readonly IceServer[];
  /** How long the credentials hold, in seconds; 0 when there are none. */
  readonly ttlSeconds: number;
}

const maxServers = 16;
const shape: Shape<IceServer> = {
  urls: isListOf(isText(512), maxServers) as Shape<IceServer>["urls"],
  username: { optional: isText(1024) },
  credential: { optional: isText(1024) },
};

/** Checks the value of a reply to `ice-servers`. */
export function parseIceServers(value: unknown): IceServerList | undefined {
  if (!isRecord(value)) return undefined;
  const { iceServers, ttlSeconds } = value;
  if (!Array.isArray(iceServers) || iceServers.length > maxServers || !isUint(ttlSeconds)) return undefined;
  const servers = iceServers.map((server) => parseShape(server, shape));
  return servers.includes(undefined) ? undefined : { iceServers: servers as IceServer[], ttlSeconds };
}
