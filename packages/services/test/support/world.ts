import { PeerloomError } from "@peerloom/core";
import { MemoryRelay } from "@peerloom/core/testing";
import { Endpoint, type EndpointOptions } from "@peerloom/session";
import { Services } from "../../src/index.ts";
import { MemoryDirectory, type MemoryDirectoryOptions } from "../../src/testing.ts";

/** One program: an endpoint on the memory relay, and its services. */
interface Program {
  readonly id: string;
  readonly endpoint: Endpoint;
  readonly services: Services;
  /** Takes the program away as a crash would: nobody is told by itself. */
  kill(): Promise<void>;
}

export interface World extends AsyncDisposable {
  readonly relay: MemoryRelay;
  readonly directory: MemoryDirectory;
  program(id: string, options?: Partial<EndpointOptions> & { readonly callTimeoutMs?: number }): Program;
}

/** Programs on one memory relay and one directory. On disposal all are closed and must hold nothing. */
export function createWorld(options: MemoryDirectoryOptions = {}): World {
  const relay = new MemoryRelay(setImmediate);
  const directory = new MemoryDirectory(options);
  const programs = new Set<Program>();
  let count = 0;
  const close = async ({ endpoint, services }: Program): Promise<void> => {
    services.close(new PeerloomError("CLOSED", "this client is closed"));
    await endpoint.close();
    const { peers, requests, streams } = endpoint.load;
    if (peers + requests + streams + services.load.services + services.load.streams > 0) throw new Error("a program still holds something");
  };
  return {
    relay,
    directory,
    program: (id, { callTimeoutMs, ...extra } = {}) => {
      const instance = `${id.replaceAll(/[^a-z]/g, "")}-instance-${(count += 1)}`;
      const endpoint = new Endpoint({ instance, transport: relay.transport(id), sessionTimeoutMs: 1000, ...extra });
      relay.attach(id, instance, endpoint);
      const services = new Services({
        port: endpoint,
        directory: directory.face(id, instance),
        ...(callTimeoutMs !== undefined && { callTimeoutMs }),
      });
      const program: Program = {
        id,
        endpoint,
        services,
        kill: async () => {
          programs.delete(program);
          relay.detach(id);
          await close(program);
        },
      };
      programs.add(program);
      return program;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...programs].map(close));
      if (directory.watches > 0) throw new Error("a directory is still watched");
    },
  };
}
