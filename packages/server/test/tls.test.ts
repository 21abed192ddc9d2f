import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect as connectTls, type PeerCertificate } from "node:tls";
import { io } from "socket.io-client";
import { expect, test } from "vitest";
import { createRelay, type TlsFiles } from "../src/index.ts";
import { instance, RawClient, startRelay } from "./support.ts";

const read = (name: string): string => readFileSync(join(import.meta.dirname, "tls", name), "utf8");
const first: TlsFiles = { cert: read("first.cert.pem"), key: read("first.key.pem") };
const second: TlsFiles = { cert: read("second.cert.pem"), key: read("second.key.pem") };

/** The certificate that a server shows. */
function certificateOf(url: string): Promise<PeerCertificate> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

test("a relay with a certificate speaks https and wss, and nothing else", async () => {
  await using server = await startRelay({ tls: first });

  const auth = { protocol: 1, instance: instance(), clientId: "alice" };
  using alice = new RawClient(io(`${server.url}/peerloom`, { auth, transports: ["websocket"], forceNew: true, ca: String(first.cert) }));
  const [welcome] = await alice.next("welcome");

  expect(server.url).toMatch(/^https:/);
  expect(welcome).toMatchObject({ clientId: "alice" });
  // A connection of TLS that has become a client's is none of those that wait to become one.
  expect([server.relay["gate"].sockets.size, server.relay["gate"].waiting]).toEqual([1, 0]);
  await expect(fetch(server.url.replace("https", "http"))).rejects.toThrow("fetch failed");
});

test("another certificate is shown from the next connection on; one that does not fit its key leaves the old one", async () => {
  await using server = await startRelay({ tls: first });
  expect((await certificateOf(server.url)).subject.CN).toBe("first");

  expect(() => server.relay.renewTls({ cert: second.cert, key: first.key })).toThrow(/key values mismatch/);
  expect((await certificateOf(server.url)).subject.CN).toBe("first");
  server.relay.renewTls(second);

  expect((await certificateOf(server.url)).subject.CN).toBe("second");
});

test("a certificate must have the form of one", async () => {
  await using server = await startRelay();

  expect(() => createRelay({ tls: { cert: first.cert } as TlsFiles })).toThrow("option tls must be { cert, key }, both in PEM");
  expect(() => server.relay.renewTls(first)).toThrow("this relay was made without the option tls");
});
