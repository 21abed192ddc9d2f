import { createIdentity, createSignaler, fingerprintOf } from "@peerloom/signaling";
import { expect, test, vi } from "vitest";
import { meet, sealing } from "./room.ts";

test("an identity's private key cannot be read out, and its id is made of its public one", async () => {
  const [one, other] = await Promise.all([createIdentity(), createIdentity()]);

  expect(one.keyPair.privateKey.extractable).toBe(false);
  expect(one.id).toMatch(/^pk-[A-Za-z0-9_-]{43}$/);
  expect(one.id).not.toBe(other.id);
});

test("an identity is the same with the same keys", async () => {
  const one = await createIdentity();
  const again = await createIdentity({ keyPair: structuredClone(one.keyPair) });

  expect([again.id, again.publicKey, again.fingerprint]).toEqual([one.id, one.publicKey, one.fingerprint]);
});

test("keys of another kind are refused", async () => {
  const { subtle } = crypto;
  const others = await Promise.all([
    subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, false, ["sign", "verify"]),
    subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]),
  ]);

  for (const keyPair of [...others, {}, null]) await expect(createIdentity({ keyPair: keyPair as never })).rejects.toThrow(TypeError);
});

test("both people see the same fingerprint of a peer: six groups of five digits", async () => {
  const identity = await createIdentity();
  const [member, newcomer] = await Promise.all([sealing({ identity }), sealing()]);

  const { newcomer: end } = await meet(member, newcomer);

  expect(await fingerprintOf(identity)).toMatch(/^\d{5}( \d{5}){5}$/);
  expect(await fingerprintOf(end.publicKey ?? "")).toBe(await fingerprintOf(identity));
});

test("a peer without a chosen id has its identity's, and a random one without an identity", async () => {
  const identity = await createIdentity();

  expect((await createSignaler({ room: "lobby", identity })).id).toBe(identity.id);
  expect((await createSignaler({ room: "lobby" })).id).toHaveLength(22);
});

test("where the platform has no crypto.subtle the error says so, and what is not sealed works", async () => {
  const identity = await createIdentity();
  const { getRandomValues } = crypto;
  vi.stubGlobal("crypto", { getRandomValues: getRandomValues.bind(crypto) });

  await expect(createIdentity()).rejects.toMatchObject({ code: "NO_CRYPTO", message: expect.stringContaining("https") });
  await expect(createSignaler({ room: "lobby", identity })).rejects.toMatchObject({ code: "NO_CRYPTO" });
  const [member, newcomer] = [await createSignaler({ room: "lobby" }), await createSignaler({ room: "lobby" })];
  await expect(meet(member, newcomer)).resolves.toBeDefined();
});
