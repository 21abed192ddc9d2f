import { connect, type Client, type Room } from "@peerloom/client";
import { createRelay, type Relay } from "@peerloom/server";
import { buildPage } from "./page.ts";

/** A relay that serves the chat, and people without a page in one of its rooms. */
export interface Hall extends AsyncDisposable {
  readonly url: string;
  readonly room: string;
  /** Says so many lines in turns; resolves when the relay has them all. */
  say(lines: number): Promise<void>;
}

/** Lines that may be on their way at once. */
const burst = 200;

/** Opens a hall with so many people in it. */
export async function openHall(people: number): Promise<Hall> {
  const relay = createRelay({ port: 0, host: "127.0.0.1", signaling: true, requestHandler: await buildPage() });
  const { url } = await relay.listen();
  const room = "hall";
  const members: (readonly [Client, Room])[] = [];
  for (let n = 0; n < people; n++) {
    const client = await connect(url, { clientId: `guest-${n}`, metadata: { name: `Guest ${n}` } });
    members.push([client, await client.join(room, { metadata: { name: `Guest ${n}` } })]);
  }
  let said = 0;
  const say = async (lines: number): Promise<void> => {
    for (let n = 0; n < lines; n++) {
      const [client, joined] = members[said % members.length] ?? [];
      joined?.emit("line", { id: `line-${said}`, text: textOf(said), time: Date.now(), name: client?.id.replace("guest-", "Guest ") });
      said += 1;
      if (said % burst === 0) await client?.lookup(client.id);
    }
    await Promise.all(members.map(([client]) => client.lookup(client.id)));
  };
  return { url, room, say, [Symbol.asyncDispose]: () => close(relay, members) };
}

async function close(relay: Relay, members: readonly (readonly [Client, Room])[]): Promise<void> {
  await Promise.all(members.map(([client]) => client.close()));
  await relay.close();
}

/** Lines as people write them: mostly short, some long, some with code or a link. */
function textOf(n: number): string {
  if (n % 17 === 0) return `line ${n}: ${"words and more words, ".repeat(12)}and an end.`;
  if (n % 23 === 0) return `line ${n}: see https://example.org/${n} and \`code(${n})\``;
  return `line ${n}: what do you think about it?`;
}
