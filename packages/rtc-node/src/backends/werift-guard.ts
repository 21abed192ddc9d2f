import type { RTCSctpTransport } from "werift";
import { deliverAll } from "./werift-inbound.ts";

const guarded = new WeakSet<object>();

/**
 * What a remote sends on channels that there are none of, or in forms that there are none of, is dropped: werift throws where nobody
 * catches, which would end the process.
 */
export function guardMessages(transport: RTCSctpTransport | undefined): void {
  const sctp = transport?.sctp as RTCSctpTransport["sctp"] | undefined;
  if (!transport || !sctp || guarded.has(sctp)) return;
  guarded.add(sctp);
  deliverAll(sctp);
  sctp.onReceive.allUnsubscribe();
  sctp.onReceive.subscribe((streamId, protocol, data) => {
    const receive = Reflect.get(transport, "datachannelReceive") as (...message: [number, number, Buffer]) => Promise<void>;
    receive(streamId, protocol, data).catch(() => {});
  });
}
