import { createSocket, type Socket } from "node:dgram";

/**
 * A path that can be cut: every candidate is replaced by a port of this one, which forwards to it and back as a NAT does. While it is
 * cut nothing passes, in either direction.
 */
export class CuttablePath implements AsyncDisposable {
  isCut = false;
  /** Milliseconds that each datagram takes, in each direction. */
  delayMs = 0;
  /** Nothing passes to these ports: the path is cut in one direction. */
  readonly deafPorts: Set<number> = new Set();
  readonly #sockets = new Set<Socket>();
  readonly #byTarget = new Map<string, Promise<number>>();
  #isClosed = false;

  /** The candidate by this way; undefined for one that cannot take it. */
  async map(candidate: string): Promise<string | undefined> {
    const parts = candidate.split(" ");
    const [, , protocol = "", , host = "", port = ""] = parts;
    if (protocol.toLowerCase() !== "udp" || !/^\d+\.\d+\.\d+\.\d+$/.test(host)) return undefined;
    const key = `${host}:${port}`;
    const mapped = this.#byTarget.get(key) ?? this.#listen(host, Number(port));
    this.#byTarget.set(key, mapped);
    parts[5] = String(await mapped);
    return parts.join(" ");
  }

  /** A backend whose connections take this way. */
  through<Backend extends { readonly RTCPeerConnection: typeof RTCPeerConnection }>(rtc: Backend): Backend {
    const map = (candidate: string): Promise<string | undefined> => this.map(candidate);
    class Connection extends rtc.RTCPeerConnection {
      override async addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
        const mapped = candidate?.candidate && (await map(candidate.candidate));
        if (candidate && mapped) await super.addIceCandidate({ ...candidate, candidate: mapped });
      }

      override setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
        return super.setRemoteDescription({ ...description, sdp: (description.sdp ?? "").replaceAll(/^a=candidate:.*\r\n/gm, "") });
      }
    }
    return { ...rtc, RTCPeerConnection: Connection };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.close();
  }

  async #listen(host: string, port: number): Promise<number> {
    const backs = new Map<string, Promise<Socket>>();
    const front = await this.#open((bytes, from) => {
      const key = `${from.address}:${from.port}`;
      // Each source has its own way back, so that the target tells them apart.
      const back = backs.get(key) ?? this.#open((answer) => this.deafPorts.has(from.port) || front.send(answer, from.port, from.address));
      backs.set(key, back);
      void back.then((socket) => this.#isClosed || this.deafPorts.has(port) || socket.send(bytes, port, host));
    });
    return front.address().port;
  }

  #open(take: (bytes: Buffer, from: { address: string; port: number }) => void): Promise<Socket> {
    const socket = createSocket("udp4");
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("message", (bytes, from) => {
      if (this.isCut || this.#isClosed) return;
      if (this.delayMs === 0) take(bytes, from);
      else setTimeout(() => this.#isClosed || take(bytes, from), this.delayMs);
    });
    return new Promise((resolve) => socket.bind(0, "0.0.0.0", () => resolve(socket)));
  }
}
