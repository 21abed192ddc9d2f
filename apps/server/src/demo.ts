import { createRelay } from "@peerloom/server";
import { provideHelper } from "./helper.ts";
import type { DemoOptions } from "./options.ts";
import { servePages } from "./pages.ts";
import { provideSamples } from "./samples/samples.ts";

export interface Demo {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the relay, its helper and the page, all on one port. @throws Error saying in one line what is wrong. */
export async function startDemo({ port, host, pages, secret }: DemoOptions): Promise<Demo> {
  const relay = createRelay({ port, host, secret, signaling: true, requestHandler: servePages(pages) });
  provideHelper(relay);
  const stopSamples = provideSamples(relay);
  const { url } = await relay.listen();
  const close = (): Promise<void> => {
    stopSamples();
    return relay.close();
  };
  return { url, close };
}
