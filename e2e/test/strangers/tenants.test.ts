import { connect, type Client } from "@peerloom/client";
import { createRelay } from "@peerloom/server";
import { expect, test } from "vitest";

/** What a client hears of each kind, by what it says itself. */
interface Heard {
  readonly client: Client;
  readonly messages: string[];
}

test("two tenants with the same ids, rooms, services and topics go about their business without ever meeting", async () => {
  await using relay = createRelay({ port: 0, authenticate: ({ token }) => token !== undefined && { tenant: token } });
  const { url } = await relay.listen();
  const worlds = await Promise.all(["acme", "globex"].map((tenant) => open(url, tenant)));

  for (const { tenant, alice, bob } of worlds) {
    expect(await alice.client.remote("bob").emitWithAck("who", tenant)).toBe(`bob of ${tenant}`);
    expect(await alice.client.service<{ of: () => string }>("registry").of()).toBe(tenant);
    const room = await alice.client.join("lobby");
    expect([...room.members.keys()].filter((id) => id !== "alice")).toEqual(["bob"]);
    room.emit("say", tenant);
    expect((await alice.client.services()).map(({ service, providers }) => [service, providers])).toEqual([["registry", 1]]);
    await expect.poll(() => bob.messages).toEqual([`who ${tenant}`, `say ${tenant}`]);
    await expect.poll(() => alice.messages).toEqual([`topic ${tenant}`]);
  }

  const [acme, globex] = worlds;
  const gone = new Promise((resolve) => globex?.alice.client.onGone(resolve));
  await acme?.bob.client.close();
  expect(await globex?.alice.client.remote("bob").emitWithAck("who", "still there")).toBe("bob of globex");
  await globex?.bob.client.close();
  expect(await gone).toMatchObject({ id: "bob" });
  await Promise.all(worlds.map(({ alice }) => alice.client.close()));
  await expect.poll(() => relay.stats()).toMatchObject({ tenants: 0, errors: 0, malformed: 0, clients: { here: 0, away: 0 } });
});

/** Alice and Bob of a tenant. Bob answers, provides a service, publishes its topic and is in the room. */
async function open(url: string, tenant: string): Promise<{ readonly tenant: string; readonly alice: Heard; readonly bob: Heard }> {
  const [alice, bob] = await Promise.all(
    ["alice", "bob"].map(async (clientId): Promise<Heard> => ({ client: await connect(url, { clientId, token: tenant }), messages: [] })),
  );
  if (alice === undefined || bob === undefined) throw new Error("nobody is there");
  bob.client.onAny("who", (of: string) => {
    bob.messages.push(`who ${of}`);
    return `bob of ${tenant}`;
  });
  bob.client.provide("registry", { of: () => tenant });
  const topic = bob.client.createTopic("registry", "news", { history: 10 });
  await alice.client.subscribe("registry", "news", (of: string) => void alice.messages.push(`topic ${of}`));
  topic.publish(tenant);
  const room = await bob.client.join("lobby");
  room.on("say", (of: string) => void bob.messages.push(`say ${of}`));
  return { tenant, alice, bob };
}
