import { meetInRoom } from "../support/room.ts";
import type { RoomLine } from "../support/room.ts";

/** For a page: a test puts `carry` there, calls `start`, and hands lines to `deliver`. */
const around = globalThis as unknown as {
  carry(line: RoomLine): void;
  deliver(line: RoomLine): void;
  start(id: string): Promise<void>;
};
around.start = async (id) => {
  await meetInRoom({
    id,
    say: (line) => around.carry(line),
    onLine: (listener) => {
      around.deliver = listener;
    },
  });
};
