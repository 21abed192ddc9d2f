import type { RtcBackend } from "@peerloom/core";

/** Resolves with the next event of that name that `fits`. */
export function next<T extends Event>(target: EventTarget, name: string, fits: (event: T) => boolean = () => true): Promise<T> {
  return new Promise((resolve) => {
    const listener = (event: Event): void => {
      if (!fits(event as T)) return;
      target.removeEventListener(name, listener);
      resolve(event as T);
    };
    target.addEventListener(name, listener);
  });
}

export async function opened(channel: RTCDataChannel): Promise<RTCDataChannel> {
  if (channel.readyState !== "open") await next(channel, "open");
  return channel;
}

export async function state(pc: RTCPeerConnection, wanted: RTCPeerConnectionState): Promise<void> {
  if (pc.connectionState !== wanted) await next(pc, "connectionstatechange", () => pc.connectionState === wanted);
}

export interface Pair extends Disposable {
  readonly left: RTCPeerConnection;
  readonly right: RTCPeerConnection;
  /** What broke the negotiation. */
  readonly errors: unknown[];
  /** Offers and answers that were carried. */
  readonly descriptions: { from: "left" | "right"; type: string }[];
}

/** Two connections that negotiate by W3C's perfect negotiation; `left` is polite. */
export function pair(leftBackend: RtcBackend, rightBackend: RtcBackend = leftBackend, configuration: RTCConfiguration = {}): Pair {
  const left = new leftBackend.RTCPeerConnection(configuration);
  const right = new rightBackend.RTCPeerConnection(configuration);
  const errors: unknown[] = [];
  const descriptions: Pair["descriptions"] = [];
  const deliverTo: Partial<Record<"left" | "right", (message: Message) => void>> = {};
  const connect = (name: "left" | "right", pc: RTCPeerConnection): void => {
    const other = name === "left" ? "right" : "left";
    const send = (message: Message): void => {
      if (message.description) descriptions.push({ from: name, type: message.description.type });
      // Each message travels alone, as over a wire.
      setImmediate(() => deliverTo[other]?.(JSON.parse(JSON.stringify(message)) as Message));
    };
    const negotiator = perfect(pc, name === "left", send, errors);
    deliverTo[name] = negotiator;
  };
  connect("left", left);
  connect("right", right);
  return {
    left,
    right,
    errors,
    descriptions,
    [Symbol.dispose]() {
      left.close();
      right.close();
    },
  };
}

interface Message {
  readonly description?: RTCSessionDescriptionInit | null;
  readonly candidate?: RTCIceCandidateInit | null;
}

/** Perfect negotiation as W3C's text has it. Returns what takes the other side's messages. */
function perfect(pc: RTCPeerConnection, polite: boolean, send: (message: Message) => void, errors: unknown[]): (message: Message) => void {
  let makingOffer = false;
  let ignoreOffer = false;
  let settingAnswer = false;
  pc.onnegotiationneeded = async () => {
    try {
      makingOffer = true;
      await pc.setLocalDescription();
      send({ description: pc.localDescription });
    } catch (error) {
      if (pc.signalingState !== "closed") errors.push(error);
    } finally {
      makingOffer = false;
    }
  };
  pc.onicecandidate = ({ candidate }) => send({ candidate: candidate ?? null });
  const take = async ({ description, candidate }: Message): Promise<void> => {
    try {
      if (description) {
        const isReady = !makingOffer && (pc.signalingState === "stable" || settingAnswer);
        ignoreOffer = !polite && description.type === "offer" && !isReady;
        if (ignoreOffer) return;
        settingAnswer = description.type === "answer";
        await pc.setRemoteDescription(description);
        settingAnswer = false;
        if (description.type === "offer") {
          await pc.setLocalDescription();
          send({ description: pc.localDescription });
        }
      } else {
        try {
          await pc.addIceCandidate(candidate);
        } catch (error) {
          if (!ignoreOffer) throw error;
        }
      }
    } catch (error) {
      if (pc.signalingState !== "closed") errors.push(error);
    }
  };
  return (message) => void take(message);
}
