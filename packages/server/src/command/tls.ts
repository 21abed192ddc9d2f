import type { TlsFiles } from "../server-options.ts";
import type { Told } from "./read-options.ts";
import { UsageError } from "./usage-error.ts";

/** Reads certificate and key: undefined when the options name none. @throws UsageError naming the file that cannot be read. */
export function readTls({ options, sources }: Pick<Told, "options" | "sources">, readFile: (path: string) => string): TlsFiles | undefined {
  const { tlsCert, tlsKey } = options;
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  const read = (path: string, source: string): string => {
    try {
      return readFile(path);
    } catch (thrown) {
      throw new UsageError(`${source}: ${path} cannot be read: ${(thrown as Error).message}`, { cause: thrown });
    }
  };
  return { cert: read(tlsCert, sources.tlsCert ?? "--tls-cert"), key: read(tlsKey, sources.tlsKey ?? "--tls-key") };
}
