import { createDecipheriv, createECDH, createHash, createPublicKey, hkdfSync, verify } from "node:crypto";
import { sealBytes } from "@peerloom/core/crypto";
import { createIdentity, createSignaler, parseEnvelope } from "@peerloom/signaling";
import { expect, test, vi } from "vitest";
import { agreeOnSeal } from "../../src/secure/seal.ts";

// What docs/signaling.md says, done by other means: Node's own cryptography instead of WebCrypto.
const member = {
  d: "zE9RYEAoevKdrEj8pNzNacIVSItO9u--hwWJAaARzK8",
  x: "Q4fvUBS1IRA4vzZDzhBnP8rhmEQddmM1MDIhhDNyczw",
  y: "o681Nppljf-2yhqXM7DlhTIwusHWgBXuF3C-pwkeXvE",
};
const newcomer = {
  d: "lT1gY_ONkMZJcEl2TxAcdlOHLF97LNDdFLgnYJ9njEs",
  x: "UA2onpAqJE3hKITy693v-wMw8wV_etSJhrjb3qwB4XI",
  y: "PKKrVMkas5Pg_WIQFFK1by3kAFfqW7bs1fiAVvUv9hM",
};
type Key = typeof member;
const point = ({ x, y }: Key): Buffer => Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
const importKey = (key: Key): Promise<CryptoKey> =>
  crypto.subtle.importKey("jwk", { kty: "EC", crv: "P-256", ...key }, { name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

test.each(["opener", "newcomer"] as const)("what the %s seals opens with keys made by the document", async (direction) => {
  const isOpener = direction === "opener";
  const [own, theirs] = isOpener ? [member, newcomer] : [newcomer, member];
  const transcript = JSON.stringify([
    "lobby",
    "member-instance.1",
    ["m", "member-instance", "S", "A"],
    ["n", "newcomer-instance", "T", "B"],
  ]);
  const { outgoing } = await agreeOnSeal({ own: await importKey(own), theirs: point(theirs).toString("base64url"), transcript, isOpener });
  const sealed = await sealBytes(outgoing, 258, bytes("head"), bytes("body"));

  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(Buffer.from(theirs.d, "base64url"));
  const salt = createHash("sha256").update(transcript).digest();
  const key = hkdfSync("sha256", ecdh.computeSecret(point(own)), salt, `peerloom signaling 1 ${direction}`, 32);
  const decipher = createDecipheriv("aes-256-gcm", Buffer.from(key), Buffer.from("000000000000000000000102", "hex"));
  decipher.setAAD(Buffer.from("head")).setAuthTag(sealed.subarray(-16));

  expect(decipher.update(sealed.subarray(0, -16)).toString() + decipher.final().toString()).toBe("body");
});

test("an announcement is signed as the document says, and has its form", async () => {
  const identity = await createIdentity();
  const signaler = await createSignaler({ room: "lobby", id: "alice", identity, now: () => 1000 });
  const announcement = await signaler.announce();
  const [head, body] = [announcement.subarray(4, 4 + (announcement[2] ?? 0) * 256 + (announcement[3] ?? 0)), bytes('{"type":"announce"}')];
  const key = Buffer.from(identity.publicKey, "base64url");
  const [x, y] = [key.subarray(1, 33).toString("base64url"), key.subarray(33).toString("base64url")];
  const publicKey = createPublicKey({ format: "jwk", key: { kty: "EC", crv: "P-256", x, y } });
  const signed = Buffer.concat([Buffer.from('["peerloom signaling 1","lobby"]'), announcement.subarray(0, -64)]);

  expect([...announcement.subarray(0, 2)]).toEqual([1, 2]);
  expect(JSON.parse(new TextDecoder().decode(head))).toEqual({
    from: "alice",
    instance: signaler.instance,
    n: 1,
    card: { sign: identity.publicKey, agree: expect.stringMatching(/^[\w-]{87}$/), since: 1000 },
  });
  expect(announcement.subarray(4 + head.length, -64)).toEqual(body);
  expect(verify("sha256", signed, { key: publicKey, dsaEncoding: "ieee-p1363" }, announcement.subarray(-64))).toBe(true);
  expect(identity.id).toBe(`pk-${createHash("sha256").update(key).digest("base64url")}`);
});

test("a message in clear is text behind four bytes", async () => {
  const id = { id: "alice", room: "lobby", metadata: { name: "A" } };
  vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => array);
  const bytesOfIt = await (await createSignaler(id)).announce();

  expect(new TextDecoder().decode(bytesOfIt.subarray(4))).toBe(
    '{"from":"alice","instance":"AAAAAAAAAAAAAAAAAAAAAA","n":1}{"type":"announce","metadata":{"name":"A"}}',
  );
  expect(parseEnvelope(bytesOfIt)?.head.instance).toBe("A".repeat(22));
});
