/** One address of W3C's `iceServers`, taken apart. */
export interface IceServerAddress {
  readonly scheme: "stun" | "stuns" | "turn" | "turns";
  readonly host: string;
  readonly port: number;
  readonly transport: "udp" | "tcp";
  readonly username: string;
  readonly credential: string;
}

const form = /^(?<scheme>stuns?|turns?):(?:\/\/)?(?<host>\[[^\]]+\]|[^:?]+)(?::(?<port>\d+))?(?:\?transport=(?<transport>udp|tcp))?$/i;

/** All addresses of a configuration. @throws SyntaxError when one is not an address of a STUN or TURN server, or a TURN server has no credentials */
export function iceServerAddresses(servers: readonly RTCIceServer[] = []): readonly IceServerAddress[] {
  return servers.flatMap(({ urls, username = "", credential = "" }) =>
    [urls].flat().map((url) => {
      const part = form.exec(url)?.groups;
      if (!part) throw new DOMException(`${url} is not the address of a STUN or TURN server`, "SyntaxError");
      const scheme = part["scheme"]?.toLowerCase() as IceServerAddress["scheme"];
      if (scheme.startsWith("turn") && !(username && credential)) {
        throw new DOMException(`${url} needs a username and a credential`, "InvalidAccessError");
      }
      const isSecure = scheme.endsWith("s");
      const transport = part["transport"]?.toLowerCase() === "tcp" || isSecure ? "tcp" : "udp";
      const port = Number(part["port"] ?? (isSecure ? 5349 : 3478));
      return { scheme, host: (part["host"] ?? "").replace(/^\[|\]$/g, ""), port, transport, username, credential };
    }),
  );
}
