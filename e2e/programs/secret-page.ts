import { connect } from "@peerloom/client";
import { encrypt } from "@peerloom/encryption";

/** What the page can be told to do. */
export interface SecretPage {
  /** Talks with the program `node` by every means of a session; resolves to what came back, and whose keys it saw. */
  readonly play: (url: string) => Promise<SecretResults>;
}

export interface SecretResults {
  readonly own: string;
  readonly theirs: string | undefined;
  readonly sum: unknown;
  readonly echoed: boolean;
  readonly served: string;
  readonly streamed: number;
  readonly heard: readonly unknown[];
}

const play: SecretPage["play"] = async (url) => {
  const encryption = encrypt();
  const page = await connect(url, { clientId: "page", encryption });
  const heard: unknown[] = [];
  const last = Promise.withResolvers<void>();
  page.onAny("n", (n: number) => {
    heard.push(n);
    if (n === 499) last.resolve();
  });
  const node = page.remote("node");
  const sum = await node.emitWithAck("sum", "secret-left", "secret-right");
  const binary = new Uint8Array(300_000).map((_, at) => "secret-bytes ".charCodeAt(at % 13));
  const back = (await node.emitWithAck("echo", binary)) as Uint8Array;
  const served = await page.service<{ greet: (name: string) => Promise<string> }>("greeter").greet("secret-page");
  const stream = await node.openStream("up");
  const writer = stream.writable.getWriter();
  for (let n = 0; n < 32; n++) await writer.write(new Uint8Array(65_536).fill(83));
  await writer.close();
  const streamed = (await node.emitWithAck("streamed")) as number;
  await last.promise;
  const { fingerprint } = await encryption.identity();
  const theirs = encryption.peer("node")?.fingerprint;
  await page.close();
  const echoed = back.length === binary.length && back.every((byte, at) => byte === binary[at]);
  return { own: fingerprint, theirs, sum, echoed, served, streamed, heard };
};

Object.assign(globalThis, { play } satisfies SecretPage);
