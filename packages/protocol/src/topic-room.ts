import { isName, isRoomName, RESERVED_PREFIX } from "./names.ts";

/** A topic of a service. */
export interface TopicName {
  readonly service: string;
  readonly topic: string;
}

const form = /^peerloom:([1-9][0-9]{0,2}):/;

/**
 * The room in which a topic is published. The length of the service's name comes first, so that no two topics share a room,
 * whatever their names are.
 */
export function topicRoom({ service, topic }: TopicName): string {
  return `${RESERVED_PREFIX}${service.length}:${service}:${topic}`;
}

/** The topic whose room this is; undefined when it is no topic's. */
export function parseTopicRoom(room: unknown): TopicName | undefined {
  const head = typeof room === "string" && room.length <= 512 ? form.exec(room) : null;
  if (head === null) return undefined;
  const [prefix, length] = head;
  const rest = (room as string).slice(prefix.length);
  const service = rest.slice(0, Number(length));
  const topic = rest.slice(Number(length) + 1);
  return rest[Number(length)] === ":" && isName(service) && isName(topic) ? { service, topic } : undefined;
}

/** A room as it is named on the wire: an application's, or a topic's. */
export function isRoom(value: unknown): value is string {
  return isRoomName(value) || parseTopicRoom(value) !== undefined;
}
