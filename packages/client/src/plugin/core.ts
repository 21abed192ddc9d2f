import type { Room } from "@peerloom/session";
import { gapError, quietly } from "@peerloom/session/p2p";
import type { Client } from "../client.ts";
import { tellForeign, type RawSocketLike } from "./raw-socket.ts";

/** Is called when something is done: without an argument, or with why it failed. */
export type DoneCallback = (error?: unknown) => void;

/** The Core API of a client. */
export interface CoreApi {
  /** The client behind it all, for what this face does not have. */
  readonly peerloom: Client;
  /** The id under which others reach this client. */
  readonly clientId: string;
  /** Resolves when the relay has let this client in for the first time; rejects with why it refused (`CLIENT_ID_TAKEN`, …). */
  readonly ready: Promise<void>;
  /**
   * Enters a room: what others emit there goes to the socket's own listeners, `socket.on(event, …)`. What is missed for good (`GAP`)
   * is told to those of `SERVER_ERROR`.
   *
   * @throws PeerloomError `FORBIDDEN`, `LIMIT`, `TIMEOUT`, `CLOSED`.
   */
  joinRoom(roomName: string, callback?: DoneCallback): Promise<void>;
  leaveRoom(roomName: string, callback?: DoneCallback): Promise<void>;
  /**
   * Sends an event to all others in a room. What the relay refuses goes to the listeners of `SERVER_ERROR`.
   *
   * @returns false when more than the high-water mark is waiting.
   * @throws TypeError when an argument cannot be carried; PeerloomError `OVERFLOW`, `TOO_LARGE`, `CLOSED`.
   */
  emitRoom(roomName: string, event: string, ...args: unknown[]): boolean;
}

export type RoomApi = Pick<CoreApi, "joinRoom" | "leaveRoom" | "emitRoom">;

/** Makes the functions for rooms. `report` is told what a callback throws, what was missed, and that a room is closed. */
export function createRooms(client: Client, socket: RawSocketLike, report: (error: unknown) => void): RoomApi {
  const rooms = new Map<string, Promise<Room>>();

  const enter = async (name: string): Promise<Room> => {
    const room = await client.join(name);
    room.onAny((event, ...args: unknown[]) => tellForeign(socket, event, args.slice(0, -1)));
    room.on("gap", ({ from, missed }) => report(gapError(missed, from, `the room ${JSON.stringify(name)}`)));
    room.on("closed", ({ error }) => {
      rooms.delete(name);
      if (error !== undefined) report(error);
    });
    return room;
  };
  const join = async (name: string): Promise<void> => {
    const entering = rooms.get(name) ?? enter(name);
    rooms.set(name, entering);
    try {
      await entering;
    } catch (thrown) {
      if (rooms.get(name) === entering) rooms.delete(name);
      throw thrown;
    }
  };
  const leave = async (name: string): Promise<void> => {
    const room = await rooms.get(name)?.catch(() => undefined);
    await room?.leave();
  };

  return {
    joinRoom: (name, callback) => tellDone(join(name), callback, report),
    leaveRoom: (name, callback) => tellDone(leave(name), callback, report),
    emitRoom: (name, event, ...args) => client.emitRoom(name, event, ...args),
  };
}

/** Calls `callback` when the promise settles, and returns the promise; that it rejects ends no process. */
export function tellDone(promise: Promise<void>, callback: DoneCallback | undefined, report: (error: unknown) => void): Promise<void> {
  if (callback !== undefined) void callBack(promise, callback).catch(report);
  return quietly(promise);
}

async function callBack(promise: Promise<void>, callback: DoneCallback): Promise<void> {
  try {
    await promise;
  } catch (thrown) {
    return callback(thrown);
  }
  callback();
}
