import type { Call, Reply } from "./child.ts";

/** In a child process: tells the parent that it may begin, answers its calls, and ends with it. */
export function answer(ready: unknown, handlers: Readonly<Record<string, (argument: never) => unknown>>): void {
  const post = (reply: Reply): void => void process.send?.(reply);
  process.on("message", ({ id, name, argument }: Call) => {
    Promise.try(() => {
      const handler = handlers[name];
      if (!handler) throw new Error(`no such call: ${name}`);
      return handler(argument as never);
    }).then(
      (value) => post({ id, value }),
      (error: unknown) => post({ id, error: String(error) }),
    );
  });
  // exit() rather than a signal: a profile is written then.
  process.on("disconnect", () => process.exit(0));
  post({ id: 0, value: ready });
}
