type Bench = (args: readonly string[]) => Promise<number>;

/** Each loads what it needs when it is asked for: browsers and databases are none of the others' business. */
const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  chat: async () => (await import("./chat/main.ts")).benchChat,
  cluster: async () => (await import("./cluster/main.ts")).benchCluster,
  load: async () => (await import("./crowd/main.ts")).benchLoad,
  paths: async () => (await import("./paths/main.ts")).benchPaths,
  peer: async () => (await import("./peer/main.ts")).benchPeer,
  relay: async () => (await import("./relay/main.ts")).benchRelay,
  services: async () => (await import("./services/main.ts")).benchServices,
  streams: async () => (await import("./streams/main.ts")).benchStreams,
};
const usage = `pnpm bench NAME [options]; pnpm bench NAME --help lists the options
  NAME is one of ${Object.keys(benches).join(", ")}`;

/** `pnpm bench`; returns the exit code. */
export async function bench([name, ...args]: readonly string[]): Promise<number> {
  if (name === "--help") {
    console.log(usage);
    return 0;
  }
  const load = name !== undefined && Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (load === undefined) {
    console.error(name === undefined ? usage : `bench: there is no bench "${name}"\n${usage}`);
    return 2;
  }
  return (await load())(args);
}
