import type { FileOffer, RememberedLine, Status, WireLine } from "@peerloom/app-chat-wire";
import type { Shown } from "./shown.ts";

/** Where something is said. */
export type Place = { readonly kind: "room"; readonly room: string } | { readonly kind: "person"; readonly id: string };

export type Path = "relay" | "direct";

/** A member as a room's list has it. */
export interface Listed {
  readonly id: string;
  readonly name: string;
  readonly status: Status;
  readonly presence: "here" | "away";
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly status: Status;
  /** `gone`: in none of the rooms, but something was said. */
  readonly presence: "here" | "away" | "gone";
  readonly path: Path;
}

/** How a file fares that somebody else offered. */
type Transfer =
  | { readonly at: "offered" }
  | { readonly at: "fetching"; readonly done: number; readonly bytesPerSecond: number }
  /** Broken on the way; it goes on from there when its owner is back, or when it is accepted again. */
  | { readonly at: "broken"; readonly done: number }
  | { readonly at: "here"; readonly path: string };

/** A file that somebody offered; people call it by its number. */
export interface Offer {
  readonly number: number;
  readonly from: string;
  /** The line's. */
  readonly id: string;
  readonly file: FileOffer;
  readonly transfer: Transfer;
  /** Where it goes, once accepted. */
  readonly folder: string;
}

export interface State {
  /** One's own id. */
  readonly me: string;
  readonly name: string;
  readonly status: Status;
  readonly isOnline: boolean;
  /** Ids of the others in each room, by the rooms' names. */
  readonly rooms: ReadonlyMap<string, ReadonlySet<string>>;
  readonly people: ReadonlyMap<string, Person>;
  /** Where what is typed goes. */
  readonly place: Place;
  /** Oldest first. */
  readonly offers: readonly Offer[];
  readonly nextNumber: number;
}

/** What becomes of a file that is fetched. */
export type TransferInput =
  /** So much of it was here already. */
  | { readonly type: "begun"; readonly done: number }
  | { readonly type: "fetching"; readonly done: number; readonly bytesPerSecond: number }
  | { readonly type: "broken"; readonly done: number; readonly why: string }
  | { readonly type: "here"; readonly path: string };

export type Input =
  | { readonly type: "typed"; readonly text: string; readonly id: string; readonly time: number }
  | { readonly type: "joined"; readonly room: string; readonly members: readonly Listed[] }
  | { readonly type: "left-room"; readonly room: string; readonly why: string | undefined }
  | { readonly type: "member"; readonly room: string; readonly member: Listed }
  | { readonly type: "member-left"; readonly room: string; readonly id: string }
  | { readonly type: "helper"; readonly id: string; readonly name: string }
  | { readonly type: "heard"; readonly place: Place; readonly from: string; readonly line: WireLine }
  | { readonly type: "remembered"; readonly room: string; readonly lines: readonly RememberedLine[] }
  | { readonly type: "reacted"; readonly from: string; readonly emoji: string; readonly text: string | undefined }
  | { readonly type: "gap"; readonly room: string; readonly from: string; readonly missed: number }
  | { readonly type: "connection"; readonly isOnline: boolean }
  | { readonly type: "path"; readonly id: string; readonly path: Path }
  /** One's own file is offered: a line went out. */
  | { readonly type: "shared"; readonly place: Place; readonly file: FileOffer }
  | { readonly type: "transfer"; readonly number: number; readonly input: TransferInput }
  /** Somebody has all of a file of one's own. */
  | { readonly type: "taken"; readonly by: string; readonly file: FileOffer }
  /** What was asked for, ready to be read. */
  | { readonly type: "answer"; readonly lines: readonly string[] }
  | { readonly type: "problem"; readonly text: string };

export type Effect =
  | { readonly do: "show"; readonly what: Shown }
  | { readonly do: "say"; readonly place: Place; readonly line: WireLine }
  | { readonly do: "join"; readonly room: string }
  | { readonly do: "leave"; readonly room: string }
  | { readonly do: "status"; readonly status: Status }
  | { readonly do: "share"; readonly place: Place; readonly path: string; readonly id: string; readonly time: number }
  | { readonly do: "fetch"; readonly offer: Offer }
  | { readonly do: "cancel"; readonly number: number }
  | { readonly do: "services" }
  | { readonly do: "call"; readonly service: string; readonly method: string; readonly args: readonly unknown[] }
  | { readonly do: "subscribe"; readonly service: string; readonly topic: string; readonly isOn: boolean }
  | { readonly do: "quit" };

export type Step = readonly [State, readonly Effect[]];
