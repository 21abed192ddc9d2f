import { Child } from "./child.ts";
import type { ChildOptions, ProgramName } from "./child.ts";

/** All processes of a bench, so that none stays behind. */
export class Children {
  readonly #children = new Set<Child>();

  start(program: ProgramName, args: readonly string[], options?: ChildOptions): Child {
    const child = new Child(program, args, options);
    this.#children.add(child);
    return child;
  }

  async end(...children: readonly Child[]): Promise<void> {
    await Promise.all(children.map((child) => child.end()));
    for (const child of children) this.#children.delete(child);
  }

  endAll(): Promise<void> {
    return this.end(...this.#children);
  }
}
