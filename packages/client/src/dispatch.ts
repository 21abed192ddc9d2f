import type { TransportUser } from "@peerloom/core";
import { RESERVED_PREFIX } from "@peerloom/protocol";
import type { Tell } from "./client-events.ts";
import type { IncomingSink } from "./incoming.ts";
import type { Offerings } from "./offerings.ts";
import type { Questions } from "./questions.ts";
import type { Rooms } from "./rooms.ts";

/** The parts of a client that hear from the relay. */
export interface Hearers {
  /** Hears packets of peers: the endpoint, or what stands before it. */
  readonly user: TransportUser;
  readonly rooms: Rooms;
  readonly offerings: Offerings;
  readonly questions: Questions;
  readonly tell: Tell;
  readonly malformed: (what: string) => void;
}

/** Hands what comes from the relay to the part that it is for. */
export function dispatch({ user, rooms, offerings, questions, tell, malformed }: Hearers): IncomingSink {
  /** A topic is a room of a reserved name. */
  const hearerOf = (room: string): Rooms | Offerings["topics"] => (room.startsWith(RESERVED_PREFIX) ? offerings.topics : rooms);
  return {
    packet: (from, text, attachments) => user.receive(from, text, attachments),
    roomPacket: (room, from, next, text, attachments) => hearerOf(room).receive(room, from, next, text, attachments),
    refused: (to, code, serial) => user.refused(to, code, serial),
    ready: (to) => user.ready(to),
    notice: (notice) => {
      switch (notice.type) {
        case "member":
          return hearerOf(notice.room).memberNotice(notice);
        case "room-refused":
          return hearerOf(notice.room).refused(notice);
        case "provider":
          return offerings.directory.providerNotice(notice);
        case "service":
          return offerings.directory.serviceNotice(notice);
        case "subscribers":
          return offerings.topics.subscribersNotice(notice);
        case "presence": {
          const { id, state, instance, metadata, reason } = notice;
          user.presence(notice);
          return tell("presence", { id, state, instance, metadata, reason });
        }
      }
    },
    ask: (body, ack) => questions.ask(body, ack),
    malformed,
    failed: (error) => tell("error", { error }),
  };
}
