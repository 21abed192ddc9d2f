import type { RTCSctpTransport } from "werift";

/** werift's own, of which these are told by no type: an SCTP stream that comes in. */
interface InboundStream {
  popMessages(): Generator<InboundMessage>;
}
type InboundMessage = [streamId: number, protocol: number, data: Buffer];
interface Inbound {
  getInboundStream(streamId: number): InboundStream;
}

const mended = new WeakSet<InboundStream>();

/**
 * Has each message delivered as soon as all before it are there. werift hands out one, and the next only when its chunks follow without
 * another stream's in between: when a lost chunk came at last, what had waited behind it went on waiting for the next one of its stream, and
 * the last message of all for ever.
 */
export function deliverAll(sctp: RTCSctpTransport["sctp"]): void {
  const inbound = sctp as unknown as Inbound;
  const streamOf = inbound.getInboundStream.bind(inbound);
  inbound.getInboundStream = (streamId) => {
    const stream = streamOf(streamId);
    if (!mended.has(stream)) {
      mended.add(stream);
      stream.popMessages = untilNone(stream.popMessages.bind(stream));
    }
    return stream;
  };
}

const untilNone = (popMessages: InboundStream["popMessages"]) =>
  function* (): Generator<InboundMessage> {
    for (let isDone = false; !isDone;) {
      isDone = true;
      for (const message of popMessages()) {
        isDone = false;
        yield message;
      }
    }
  };
