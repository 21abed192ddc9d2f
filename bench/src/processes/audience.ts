import type { PublishOrder } from "../load/publishing.ts";
import type { Child, ChildOptions } from "./child.ts";
import type { Children } from "./children.ts";

const graceMs = 60_000;

/** A publisher and its subscribers, in processes of their own. */
export interface Audience<Name extends string> {
  /** Whose: the contestant's name. */
  readonly name: Name;
  readonly publisher: Child;
  readonly subscribers: readonly Child[];
}

/** A process of subscribers: where they connect, and how their ids begin. */
export interface Part {
  readonly url: string;
  readonly prefix: string;
}

/** Starts `count` subscribers, spread over the parts, and a publisher whom they confirm what they have. */
export async function startAudience<Name extends string>(
  name: Name,
  url: string,
  parts: readonly Part[],
  count: number,
  children: Children,
  options: ChildOptions,
): Promise<Audience<Name>> {
  const subscribers: Child[] = [];
  const ports: string[] = [];
  for (const part of parts) {
    const program = children.start("subscribers", [name, part.url, part.prefix, String(count / parts.length)], options);
    ports.push(String(await program.ready));
    subscribers.push(program);
  }
  const publisher = children.start("publisher", [name, url, ports.join(",")], options);
  await publisher.ready;
  return { name, publisher, subscribers };
}

/** Publishes as ordered. @returns messages a second. @throws Error when a subscriber did not get all, or in another order. */
export async function publish({ name, publisher, subscribers }: Audience<string>, order: PublishOrder): Promise<number> {
  const messagesPerS = Number(await publisher.call("run", order, order.durationMs + graceMs));
  for (const program of subscribers) {
    const problem = String(await program.call("check", null, graceMs));
    if (problem !== "") throw new Error(`${name}: ${problem}`);
  }
  return messagesPerS;
}
