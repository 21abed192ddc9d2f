import type { DirectHost, TransportUser } from "@peerloom/core";
import type { Endpoint } from "@peerloom/session";

/** What of a direct host is not the endpoint's. */
export interface DirectHostParts extends Pick<DirectHost, "iceServers" | "failed"> {
  readonly endpoint: Endpoint;
  /** Who is told what comes by direct paths: the endpoint, or what stands before it. */
  readonly user: TransportUser;
}

/** What direct paths need of a client. */
export function directHost({ endpoint, user, ...parts }: DirectHostParts): DirectHost {
  return {
    ...parts,
    get id() {
      return endpoint.id;
    },
    request: (to, name, args, wait) => endpoint.requestInternal(to, name, args, wait),
    handle: (name, handler) => endpoint.handleInternal(name, handler),
    isRelayUp: (id) => endpoint.isRelayUp(id),
    pathOf: (id) => endpoint.pathOf(id),
    hasSession: (id) => endpoint.hasSession(id),
    bytesOf: (id) => {
      const { relay, direct } = endpoint.bytesOf(id);
      return relay.sent + relay.received + direct.sent + direct.received;
    },
    up: (id) => user.directUp(id),
    down: (id) => user.directDown(id),
    writable: (id) => user.directWritable(id),
    receive: (from, text, attachments) => user.receive(from, text, attachments, "direct"),
  };
}
