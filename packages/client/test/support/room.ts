import type { Client, ConnectOptions, Room } from "../../src/index.ts";
import type { TestRelay } from "./relay.ts";

/** A client in the room "lobby". */
export interface InRoom {
  readonly client: Client;
  readonly room: Room;
}

/** Connects a client and lets it join "lobby", with its id as metadata. */
export async function enter(relay: TestRelay, id: string, options: ConnectOptions & { readonly url?: string } = {}): Promise<InRoom> {
  const client = await relay.connect(id, options);
  return { client, room: await client.join("lobby", { metadata: { name: id } }) };
}

export const upTo = (total: number): number[] => Array.from({ length: total }, (_, n) => n);
