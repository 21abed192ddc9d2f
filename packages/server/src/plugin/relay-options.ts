import { belongsTo } from "@peerloom/session/p2p";
import type { Action } from "../hooks.ts";
import type { RelayOptions } from "../options.ts";

/** Each API is an entry of the relay's list of services. */
const servicesPerClient = 1000;

/** The options of the plugin's relay, in which the plugin's defaults differ from those of others. */
export function pluginRelayOptions({ rooms, limits, authorize, ...options }: RelayOptions): RelayOptions {
  return {
    ...options,
    rooms: { allowOutsiders: true, ...rooms },
    limits: { servicesPerClient, ...limits },
    authorize: authorize === undefined ? mayDo : (action) => mayDo(action) && authorize(action),
  };
}

/** A client is the service of its own id, and of no other: whoever calls a service by a client's id reaches that client. */
const mayDo = (action: Action): boolean => action.type !== "provide" || belongsTo(action.service, action.from);
