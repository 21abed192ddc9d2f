import { PeerloomError } from "@peerloom/core";
import { isName } from "@peerloom/protocol";
import type { Namespace, Socket } from "socket.io";
import type { PlainSignalingEvents } from "./events.ts";
import type { PlainSettings } from "./options.ts";
import { parseCandidate, parseDescription } from "./payloads.ts";
import { lobby, roomKey, type Visitor } from "./visitor.ts";

/** What front ends send. */
export const clientEvents = ["join room", "leave room", "register", "offer", "answer", "ice-candidate"] as const;
export type ClientEvent = (typeof clientEvents)[number];

/** Who is there, and how to reach them. */
export interface Audience {
  readonly namespace: Namespace;
  readonly visitors: ReadonlyMap<string, Visitor>;
  readonly send: (socket: Socket, type: string, ...args: readonly unknown[]) => boolean;
}

/** Where an event is answered. */
export interface Scene extends Audience {
  readonly settings: PlainSettings;
  readonly tell: <K extends keyof PlainSignalingEvents>(name: K, ...args: PlainSignalingEvents[K]) => void;
}

/** Does what a front end asks. @throws PeerloomError `BAD_REQUEST`, `LIMIT`, `NOT_A_MEMBER`, `PEER_NOT_FOUND`. */
export function answer(scene: Scene, visitor: Visitor, event: ClientEvent, payload: unknown): void {
  switch (event) {
    case "join room":
      return joinRoom(scene, visitor, payload);
    case "leave room":
      return leaveRoom(scene, visitor, payload);
    case "register":
      return register(scene, visitor);
    case "offer":
    case "answer":
      return describe(scene, visitor, event, payload);
    case "ice-candidate":
      return sendCandidate(scene, visitor, payload);
  }
}

/** A socket goes: all that knew it are told. It is not among the visitors any more. */
export function leaveAll(audience: Audience, visitor: Visitor): void {
  for (const roomId of visitor.rooms) {
    for (const other of others(audience, roomKey(roomId), visitor)) {
      other.early.forget(visitor.id);
      audience.send(other.socket, "user left", visitor.id, roomId);
    }
  }
  if (!visitor.isRegistered) return;
  for (const other of others(audience, lobby, visitor)) {
    other.early.forget(visitor.id);
    audience.send(other.socket, "remove", visitor.id);
  }
}

function joinRoom(scene: Scene, visitor: Visitor, roomId: unknown): void {
  const { settings, send } = scene;
  if (!isName(roomId)) throw new PeerloomError("BAD_REQUEST", "a room's id is a text of 1 to 128 bytes without control characters");
  const key = roomKey(roomId);
  // Whoever says it twice is in already, and was introduced.
  if (visitor.socket.rooms.has(key)) return;
  const { roomsPerSocket, membersPerRoom } = settings;
  if (visitor.rooms.length >= roomsPerSocket) throw new PeerloomError("LIMIT", `more than ${roomsPerSocket} rooms`);
  const members = others(scene, key, visitor);
  if (members.length >= membersPerRoom) {
    send(visitor.socket, "room full", roomId);
    throw new PeerloomError("LIMIT", `room ${JSON.stringify(roomId)} is full`);
  }
  visitor.charge(members.length);
  void visitor.socket.join(key);
  for (const { socket } of members) {
    send(visitor.socket, "other user", socket.id, roomId);
    send(socket, "user joined", visitor.id, roomId);
  }
}

function leaveRoom(scene: Scene, visitor: Visitor, roomId: unknown): void {
  if (!isName(roomId) || !visitor.socket.rooms.has(roomKey(roomId))) throw new PeerloomError("NOT_A_MEMBER", "not in that room");
  visitor.charge(others(scene, roomKey(roomId), visitor).length);
  void visitor.socket.leave(roomKey(roomId));
  for (const other of others(scene, roomKey(roomId), visitor)) {
    if (!visitor.knows(other)) forget(visitor, other);
    scene.send(other.socket, "user left", visitor.id, roomId);
  }
}

function register(scene: Scene, visitor: Visitor): void {
  const { settings, send, tell } = scene;
  if (visitor.isRegistered) return;
  const peers = others(scene, lobby, visitor);
  if (peers.length >= settings.maxRegistered) throw new PeerloomError("LIMIT", "too many peers are registered");
  visitor.charge(peers.length);
  void visitor.socket.join(lobby);
  for (const { socket } of peers) send(socket, "announce", visitor.id);
  tell("announce", visitor.socket);
  const ids = peers.map(({ id }) => id);
  if (send(visitor.socket, "peers", ids)) tell("peers", visitor.socket, ids);
}

function describe({ visitors, settings, send, tell }: Scene, visitor: Visitor, event: "offer" | "answer", payload: unknown): void {
  const parsed = parseDescription(payload, event, settings.sdpLength);
  if (parsed === undefined) throw new PeerloomError("BAD_REQUEST", `${event} must come with { target, sdp: { type: "${event}", sdp } }`);
  const target = reach(visitors, visitor, parsed.target);
  const signal = { target: target.id, caller: visitor.id, sdp: parsed.sdp };
  if (!send(target.socket, event, signal)) throw unreachable(parsed.target);
  if (event === "offer") tell("offer", visitor.socket, signal);
  else tell("answer", target.socket, visitor.id, signal);
  for (const candidate of visitor.early.described(target.id)) send(target.socket, "ice-candidate", candidate, visitor.id);
}

function sendCandidate({ visitors, send }: Scene, visitor: Visitor, payload: unknown): void {
  const parsed = parseCandidate(payload);
  if (parsed === undefined) throw new PeerloomError("BAD_REQUEST", "ice-candidate must come with { target, candidate }");
  const target = reach(visitors, visitor, parsed.target);
  if (parsed.candidate === null) return;
  const fate = visitor.early.take(target.id, parsed.candidate);
  if (fate === "full") throw new PeerloomError("LIMIT", "too many candidates before a description");
  // The second argument says whose it is; front ends that know only two people ignore it.
  if (fate === "send") send(target.socket, "ice-candidate", parsed.candidate, visitor.id);
}

/** The one a message is for. Whether an id that shares no room with the sender exists is nobody's business. */
function reach(visitors: Audience["visitors"], visitor: Visitor, id: string): Visitor {
  const target = visitors.get(id);
  if (target === undefined || target === visitor || !visitor.knows(target)) throw unreachable(id);
  return target;
}

function unreachable(id: string): PeerloomError {
  return new PeerloomError("PEER_NOT_FOUND", `${JSON.stringify(id)} is in none of your rooms`);
}

function forget(one: Visitor, other: Visitor): void {
  one.early.forget(other.id);
  other.early.forget(one.id);
}

/** Who else is in one of socket.io's rooms. */
function others({ namespace, visitors }: Audience, key: string, visitor: Visitor): Visitor[] {
  const ids = [...(namespace.adapter.rooms.get(key) ?? [])];
  return ids.map((id) => visitors.get(id)).filter((other) => other !== undefined && other !== visitor) as Visitor[];
}
