import { expect, test } from "vitest";
import * as api from "../src/index.ts";
import { natsDriver } from "../src/index.ts";

// What needs a server is in e2e/test/drivers.

test("exports", () => expect(Object.keys(api)).toEqual(["natsDriver"]));

test("what is no connection is refused", () => {
  for (const nc of [undefined, null, 1, {}]) expect(() => natsDriver({ nc: nc as never })).toThrow("natsDriver needs a NATS connection");
});

test("a prefix that is no subject is refused", () => {
  const nc = { subscribe: () => {} } as never;
  for (const prefix of [" ", ".", "a.", ".a", "a..b", "a b", "*", "a.>", ">", "a\n"]) {
    expect(() => natsDriver({ nc, prefix })).toThrow("prefix must be a subject without wildcards");
  }
});
