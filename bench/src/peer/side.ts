import type { Connect, Line, SideName } from "./contestants/line.ts";
import { answer, exercise, pingOnce, type ExerciseName } from "./exercise.ts";

/** One side of all contestants: what a page or a thread is asked to do. */
export class Side {
  readonly #contestants: Readonly<Record<string, Connect>>;
  readonly #rooms = new Map<string, { readonly line: Promise<Line>; readonly leave: () => Promise<void> }>();

  constructor(contestants: Readonly<Record<string, Connect>>) {
    this.#contestants = contestants;
  }

  /** Enters a room. Side A returns the milliseconds from there to the first answer of side B, which has to be in the room. */
  async open(contestant: string, room: string, side: SideName): Promise<number> {
    const connect = this.#contestants[contestant];
    if (connect === undefined) throw new Error(`nobody is called ${contestant}`);
    const { promise: line, resolve } = Promise.withResolvers<Line>();
    const start = performance.now();
    const leave = await connect(room, side, (made) => {
      if (side === "b") answer(made);
      resolve(made);
    });
    this.#rooms.set(room, { line, leave });
    if (side === "b") return 0;
    await pingOnce(await line);
    return performance.now() - start;
  }

  async exercise(name: ExerciseName, room: string, ms: number): Promise<number> {
    const entry = this.#rooms.get(room);
    if (entry === undefined) throw new Error(`there is no room ${room}`);
    return exercise(name, await entry.line, ms);
  }

  async close(room: string): Promise<void> {
    const entry = this.#rooms.get(room);
    this.#rooms.delete(room);
    await entry?.leave();
  }
}
