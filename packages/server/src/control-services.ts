import { PeerloomError } from "@peerloom/core";
import { metadataBytes, type ControlRequests } from "@peerloom/protocol";
import { mustAllow } from "./authorize.ts";
import type { Client } from "./client.ts";
import { describeOffer } from "./cluster/describe.ts";
import type { Core } from "./core.ts";
import { tellProvider } from "./service-notices.ts";
import { endPublications } from "./topic-notices.ts";

/** Services in one answer. */
const maxListed = 100;

/**
 * Offers a service, or says anew what is said of it.
 *
 * @throws PeerloomError `FORBIDDEN`, `LIMIT` (too many services, or providers), `TOO_LARGE`, `ABORTED` when it was withdrawn meanwhile.
 */
export function provide(core: Core, client: Client, request: ControlRequests["provide"]): object | Promise<object> {
  const { service, metadata, idempotent } = request;
  const { metadataBytes: max, nameBytes } = core.settings.limits;
  if (Buffer.byteLength(service) > nameBytes) throw new PeerloomError("TOO_LARGE", `a service's name may have ${nameBytes} bytes`);
  if (metadataBytes([metadata ?? null, idempotent ?? null]) > max + 16)
    throw new PeerloomError("TOO_LARGE", `metadata may have ${max} bytes`);
  checkLimits(core, client, service);
  if (core.settings.authorize === undefined) return register(core, client, request);
  return registerWhenAllowed(core, client, request);
}

async function registerWhenAllowed(core: Core, client: Client, request: ControlRequests["provide"]): Promise<object> {
  const { service } = request;
  const ticket = Symbol(service);
  const providing = (client.providing ??= new Map<string, symbol>());
  providing.set(service, ticket);
  try {
    await mustAllow(core, { type: "provide", from: client.id, service, claims: client.claims });
    if (providing.get(service) !== ticket || client.link.at === "gone")
      throw new PeerloomError("ABORTED", "the service was withdrawn before it was offered");
    checkLimits(core, client, service);
    return register(core, client, request);
  } finally {
    if (providing.get(service) === ticket) providing.delete(service);
  }
}

function checkLimits(core: Core, client: Client, service: string): void {
  if (client.provides?.has(service)) return;
  const { servicesPerClient, providersPerService } = core.settings.limits;
  const waiting = (client.providing?.size ?? 0) - (client.providing?.has(service) ? 1 : 0);
  if ((client.provides?.size ?? 0) + waiting >= servicesPerClient)
    throw new PeerloomError("LIMIT", `a client may provide ${servicesPerClient} services`);
  if (core.services.count(service) >= providersPerService)
    throw new PeerloomError("LIMIT", `a service may have ${providersPerService} providers`);
}

function register(core: Core, client: Client, { service, version, metadata, idempotent }: ControlRequests["provide"]): object {
  const { id, instance } = client;
  const known = core.services.get(service, id);
  const registration = { service, id, instance, client, version, metadata, idempotent };
  core.services.set(registration);
  const isSame = known !== undefined && JSON.stringify(detailsOf(known)) === JSON.stringify(detailsOf(registration));
  if (isSame) return {};
  core.tellNodes({ type: "offer", id, offer: describeOffer(registration) });
  tellProvider(core, registration, known === undefined ? "join" : "update");
  return {};
}

function detailsOf({ version, metadata, idempotent }: ControlRequests["provide"]): readonly unknown[] {
  return [version, metadata, idempotent];
}

/** Takes an offer back, and ends the client's topics of that service. */
export function withdraw(core: Core, client: Client, { service }: ControlRequests["withdraw"]): object {
  client.providing?.delete(service);
  const registration = client.provides?.get(service);
  if (registration === undefined) return {};
  core.services.remove(registration);
  core.tellNodes({ type: "withdrawn", id: client.id, service });
  endPublications(core, client, "destroyed", service);
  tellProvider(core, registration, "leave");
  return {};
}

/** The providers of a service; from now on, or no longer, changes are told. @throws PeerloomError `FORBIDDEN`, `LIMIT`. */
export function providers(core: Core, client: Client, request: ControlRequests["providers"]): object | Promise<object> {
  if (core.settings.authorize === undefined || request.watch === false) return tellProviders(core, client, request);
  const action = { type: "service", from: client.id, service: request.service, claims: client.claims } as const;
  return mustAllow(core, action).then(() => tellProviders(core, client, request));
}

function tellProviders(core: Core, client: Client, { service, watch }: ControlRequests["providers"]): object | Promise<object> {
  if (watch === true) watchProviders(core, client, service);
  // One may have come elsewhere just now.
  if (watch !== false && core.nodes !== undefined)
    return core.nodes.settled().then(() => ({ providers: core.services.providers(service) }));
  if (watch === false && client.serviceWatches?.delete(service)) leaveRoom(core, client, core.keys.providers(service));
  return { providers: watch === false ? [] : core.services.providers(service) };
}

function watchProviders(core: Core, client: Client, service: string): void {
  const watches = (client.serviceWatches ??= new Set<string>());
  const { serviceWatchesPerClient } = core.settings.limits;
  if (!watches.has(service) && watches.size >= serviceWatchesPerClient)
    throw new PeerloomError("LIMIT", `a client may watch the providers of ${serviceWatchesPerClient} services`);
  watches.add(service);
  joinRoom(core, client, core.keys.providers(service));
}

/** A page of the services that there are; from now on, or no longer, changes are told. @throws PeerloomError `FORBIDDEN`. */
export function services(core: Core, client: Client, request: ControlRequests["services"]): object | Promise<object> {
  if (core.settings.authorize === undefined || request.watch === false) return listServices(core, client, request);
  return mustAllow(core, { type: "services", from: client.id, claims: client.claims }).then(() => listServices(core, client, request));
}

function listServices(core: Core, client: Client, { after, limit = maxListed, watch }: ControlRequests["services"]): object {
  if (watch !== undefined && client.link.at !== "gone") {
    client.watchesServices = watch;
    if (watch) joinRoom(core, client, core.keys.services);
    else leaveRoom(core, client, core.keys.services);
  }
  const size = Math.min(Math.max(limit, 1), maxListed);
  const page = core.services.list(after, size + 1);
  const next = page.length > size ? page[size - 1]?.service : undefined;
  return { services: page.slice(0, size), ...(next !== undefined && { next }) };
}

function joinRoom(core: Core, { link }: Client, room: string): void {
  if (link.at === "here") core.background(link.socket.join(room));
}

function leaveRoom(core: Core, { link }: Client, room: string): void {
  if (link.at === "here") core.background(link.socket.leave(room));
}
