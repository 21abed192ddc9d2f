import type { Namespace } from "socket.io";
import type { Core } from "../core.ts";
import { PlainSignaling } from "./plain-signaling.ts";

/** What the option `plainSignaling` asks for, beside the relay's own namespace. */
export function createPlainSignaling(core: Core, { server }: Namespace): PlainSignaling | undefined {
  const { plainSignaling: settings, now, warn } = core.settings;
  if (settings === undefined) return undefined;
  return new PlainSignaling({
    namespace: server.of(settings.namespace),
    settings,
    now,
    warn,
    explain: (socket) => core.lineOf(socket.conn).noise?.explain(1),
    disconnect: (socket) => core.disconnect(socket),
    terminate: (socket) => core.lineOf(socket.conn).terminate(),
  });
}
