import { expect, test } from "vitest";
import * as api from "../src/index.ts";
import * as link from "../src/link.ts";

test("the package exports these names and no others", () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
    [
      "Channel",
      "Peer",
    ]
  `);
});

test("the parts of a connection are these", () => {
  expect(Object.keys(link).sort()).toMatchInlineSnapshot(`
    [
      "Carrier",
      "Connection",
      "HeldChannel",
      "WIRE_LIMITS",
      "browserBackend",
      "packetBytesOf",
      "parseCandidates",
    ]
  `);
});
