import type { Common } from "../common.ts";
import { PlainSignaling } from "./plain-signaling.ts";

/** What the option `plainSignaling` asks for, beside the relay's own namespace. */
export function createPlainSignaling(common: Common): PlainSignaling | undefined {
  const { plainSignaling: settings, now, warn } = common.settings;
  if (settings === undefined) return undefined;
  return new PlainSignaling({
    namespace: common.namespace.server.of(settings.namespace),
    settings,
    now,
    warn,
    explain: (socket) => common.lineOf(socket.conn).noise?.explain(1),
    disconnect: (socket) => common.disconnect(socket),
    terminate: (socket) => common.lineOf(socket.conn).terminate(),
  });
}
