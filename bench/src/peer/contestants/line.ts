/** A connection to the other side, as the exercises use it. */
export interface Line {
  /** Sends a message: a text, or bytes. When it returns a promise the next one has to wait for that. */
  post(data: string | Uint8Array<ArrayBuffer>): Promise<void> | undefined;
  onMessage: (data: string | Uint8Array) => void;
}

/** Side B is there first and waits; side A comes. */
export type SideName = "a" | "b";

/** How a contestant gets a line to the other side of a room. Resolves when it is in the room; returns what leaves it. */
export type Connect = (room: string, side: SideName, onLine: (line: Line) => void) => Promise<() => Promise<void>>;
