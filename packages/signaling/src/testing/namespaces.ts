import type { Namespace } from "../driver.ts";
import { within } from "./check.ts";
import { listen, say } from "./inbox.ts";
import type { Case } from "./world.ts";

const long = "x".repeat(10_000);

/** Names that mean something to a broker, a separator or a prototype, that are long, or that look alike. */
const namespaces: readonly Namespace[] = [
  ["a"],
  ["A"],
  ["a", "b"],
  ["a:b"],
  ["a.b"],
  ["a/b"],
  ["a,b"],
  ["a:b", "c"],
  ["a", "b:c"],
  ["a", "b.c"],
  ["a.b", "c"],
  ["a", ""],
  ["", "a"],
  [""],
  ["", ""],
  [">"],
  ["a", ">"],
  ["*"],
  ["a", "*"],
  ["*", "*"],
  ["+"],
  ["#"],
  ["$SYS"],
  ["$SYS", ">"],
  ["_INBOX", ">"],
  ["="],
  ["~"],
  [" "],
  ["a b"],
  ["a\r\nb"],
  ["\0"],
  ["ä"],
  ["a\u0308"],
  ["室"],
  ["\u{1f9f6}"],
  ["\ud83e"],
  ["\uddf6"],
  ["\ufffd"],
  ["__proto__"],
  ["constructor"],
  [long],
  [`${long}y`],
  [long, long],
  ["a", long],
];

/** That no name reaches another. */
export const namespaceCases: readonly Case[] = [
  [
    "no name of a room or peer reaches another, whatever text it is",
    async ({ create }) => {
      const [alice, bob] = [await create(), await create()];
      const inboxes = await within(Promise.all(namespaces.map((namespace) => listen(bob, namespace))), "subscribing");

      await Promise.all(namespaces.map((namespace, index) => say(alice, namespace, `message ${index}`)));

      for (const [index, namespace] of namespaces.entries()) await inboxes[index]?.hasOnly([`message ${index}`], alice, namespace);
    },
  ],
];
