import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from "jose";
import { describe, expect, test } from "vitest";
import { readOptions, type Told } from "../../src/command/read-options.ts";
import { readTokens } from "../../src/command/tokens.ts";
import type { ConnectionRequest, Identity } from "../../src/index.ts";
import { join, refusal, startRelay } from "../support.ts";

const secret = "a secret of at least thirty-two bytes";
const key = new TextEncoder().encode(secret);
const files = new Map<string, string>();
const readFile = (path: string): string => {
  const text = files.get(path);
  if (text === undefined) throw new Error(`no such file: ${path}`);
  return text;
};

function told(...args: string[]): Told {
  return readOptions(args, { env: {}, readFile }) as Told;
}

type Check = (token: string | undefined) => Promise<Identity | false>;

function checkWith(...args: string[]): { check: Check; reload: () => void } {
  const tokens = readTokens(told(...args), readFile);
  if (tokens === undefined) throw new Error("no tokens are asked for");
  const request: ConnectionRequest = {
    clientId: "anyone",
    instance: "instance",
    token: undefined,
    metadata: undefined,
    address: "",
    headers: {},
  };
  return { check: async (token) => tokens.authenticate({ ...request, token }), reload: tokens.reload };
}

const sign = (
  payload: JWTPayload,
  header: { alg: string; kid?: string } = { alg: "HS256" },
  by: Parameters<SignJWT["sign"]>[0] = key,
): Promise<string> => new SignJWT(payload).setProtectedHeader(header).sign(by);
const unauthorized = (message: string): object => expect.objectContaining({ code: "UNAUTHORIZED", message }) as object;
const soon = (): number => Math.floor(Date.now() / 1000) + 60;

describe("a token signed with the shared secret", () => {
  test("says who the client is, its tenant and its metadata", async () => {
    const { check } = checkWith("--auth-secret", secret);
    const payload = { sub: "alice", tenant: "acme", metadata: { name: "Alice" }, role: "x", exp: soon() };

    const identity = await check(await sign(payload));

    expect(identity).toEqual({ clientId: "alice", tenant: "acme", metadata: { name: "Alice" }, claims: payload });
  });

  test("is all that lets a client in, under the token's id and no other", async () => {
    const tokens = readTokens(told("--auth-secret", secret), readFile);
    await using server = await startRelay({ authenticate: tokens?.authenticate });

    const [client, welcome] = await join(server.url, { clientId: "bob", token: await sign({ sub: "alice" }) });
    using _ = client;

    expect(welcome.clientId).toBe("alice");
    expect(await refusal(server.url, { clientId: "bob" })).toMatchObject({ code: "UNAUTHORIZED" });
  });

  test.each<[string, () => Promise<string | undefined> | string | undefined, string]>([
    ["none", () => undefined, "this relay asks for a token"],
    ["no token", () => "alice", "the token is not valid"],
    [
      "one signed by another key",
      () => sign({ sub: "alice" }, { alg: "HS256" }, new TextEncoder().encode("x".repeat(32))),
      "the token is not valid",
    ],
    ["one by another algorithm", () => sign({ sub: "alice" }, { alg: "HS384" }), "the token is not valid"],
    ["one that is not signed", () => `${btoa(`{"alg":"none"}`)}.${btoa(`{"sub":"alice"}`)}.`.replaceAll("=", ""), "the token is not valid"],
    ["one that has expired", () => sign({ sub: "alice", exp: 1 }), "the token has expired"],
    ["one that is not valid yet", () => sign({ sub: "alice", nbf: soon() }), "the token is not valid"],
    ["one without an id", () => sign({ exp: soon() }), "the token is not valid"],
    ["one whose id is none", () => sign({ sub: "a\nb" }), `the token's "sub" is no client id`],
    ["one whose tenant is none", () => sign({ sub: "alice", tenant: 7 }), `the token's "tenant" is no name`],
  ])("%s is refused", async (_what, make, message) => {
    const { check } = checkWith("--auth-secret", secret);

    await expect(check(await make())).rejects.toEqual(unauthorized(message));
  });

  test("must be by the issuer and for the audience that are asked for", async () => {
    const { check } = checkWith("--auth-secret", secret, "--auth-issuer", "us", "--auth-audience", "chat");

    expect(await check(await sign({ sub: "alice", iss: "us", aud: ["mail", "chat"] }))).toMatchObject({ clientId: "alice" });
    await expect(check(await sign({ sub: "alice", iss: "them", aud: "chat" }))).rejects.toEqual(unauthorized("the token is not valid"));
    await expect(check(await sign({ sub: "alice", iss: "us", aud: "mail" }))).rejects.toEqual(unauthorized("the token is not valid"));
    await expect(check(await sign({ sub: "alice" }))).rejects.toEqual(unauthorized("the token is not valid"));
  });
});

describe("a token signed with a private key", () => {
  async function pair(alg: string, kid: string): Promise<{ privateKey: CryptoKey; jwk: JWK }> {
    const { privateKey, publicKey } = await generateKeyPair(alg);
    return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg } };
  }

  test.each(["RS256", "PS256", "ES256", "EdDSA"])("with %s is read with the public keys of a file", async (alg) => {
    const { privateKey, jwk } = await pair(alg, "one");
    files.set("keys.json", JSON.stringify({ keys: [jwk] }));
    const { check } = checkWith("--auth-jwks", "keys.json");

    expect(await check(await sign({ sub: "alice" }, { alg, kid: "one" }, privateKey))).toMatchObject({ clientId: "alice" });
    await expect(check(await sign({ sub: "alice" }))).rejects.toEqual(unauthorized("the token is not valid"));
  });

  test("is refused when the shared secret is the public key's text", async () => {
    const { jwk } = await pair("RS256", "one");
    files.set("keys.json", JSON.stringify({ keys: [jwk] }));
    const { check } = checkWith("--auth-jwks", "keys.json");
    const forged = await sign({ sub: "alice" }, { alg: "HS256", kid: "one" }, new TextEncoder().encode(JSON.stringify(jwk)));

    await expect(check(forged)).rejects.toEqual(unauthorized("the token is not valid"));
  });

  test("is read with new keys after the file was read anew; a file that cannot be read leaves the old ones", async () => {
    const [old, fresh] = [await pair("ES256", "old"), await pair("ES256", "new")];
    files.set("keys.json", JSON.stringify({ keys: [old.jwk] }));
    const { check, reload } = checkWith("--auth-jwks", "keys.json");
    const token = await sign({ sub: "alice" }, { alg: "ES256", kid: "new" }, fresh.privateKey);
    await expect(check(token)).rejects.toEqual(unauthorized("the token is not valid"));

    files.set("keys.json", "{}");
    expect(reload).toThrow(`--auth-jwks: the keys in keys.json cannot be read: it holds no {"keys": […]}`);
    expect(await check(await sign({ sub: "alice" }, { alg: "ES256", kid: "old" }, old.privateKey))).toMatchObject({ clientId: "alice" });
    files.set("keys.json", JSON.stringify({ keys: [fresh.jwk] }));
    reload();

    expect(await check(token)).toMatchObject({ clientId: "alice" });
  });

  test("is read with the public keys of a URL; while that is out of reach, clients are told to come again", async () => {
    const { privateKey, jwk } = await pair("ES256", "one");
    const server = createServer((_request, response) => response.end(JSON.stringify({ keys: [jwk] }))).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    const token = await sign({ sub: "alice" }, { alg: "ES256", kid: "one" }, privateKey);

    expect(await checkWith("--auth-jwks", url).check(token)).toMatchObject({ clientId: "alice" });
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
    const check = checkWith("--auth-jwks", url).check(token);

    await expect(check).rejects.toMatchObject({ code: "TIMEOUT", message: "the keys of the tokens cannot be had at present" });
  });
});

test.each([
  ["--auth-jwks: the keys in none.json cannot be read: no such file: none.json", "none.json"],
  ["--auth-jwks must be a path or an https URL: keys fetched by http could be anyone's", "http://example.org/keys"],
])("%s", (message, value) => {
  expect(() => checkWith("--auth-jwks", value)).toThrow(expect.objectContaining({ name: "UsageError", message }) as Error);
});
