import { afterAll, beforeAll } from "vitest";

/** Notes, while the tests of a file or of a group run, what nobody caught. @returns what that was, empty at first. */
export function noteUncaught(): readonly unknown[] {
  const failures: unknown[] = [];
  const note = (thrown: unknown): void => void failures.push(thrown);
  beforeAll(() => {
    process.on("uncaughtExceptionMonitor", note);
    process.on("unhandledRejection", note);
  });
  afterAll(() => {
    process.off("uncaughtExceptionMonitor", note);
    process.off("unhandledRejection", note);
  });
  return failures;
}
