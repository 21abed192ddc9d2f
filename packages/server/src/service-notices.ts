import type { Notice } from "@peerloom/protocol";
import type { Client } from "./client.ts";
import type { Core } from "./core.ts";
import { providerOf, type Registration } from "./service-registry.ts";

/** Tells everyone who watches that an offer has come, has changed, or is taken back. */
export function tellProvider(core: Core, registration: Registration, change: "join" | "update" | "leave"): void {
  const { service, client } = registration;
  const provider = providerOf(registration);
  const notice: Notice = { type: "provider", service, change, provider };
  core.guard(() => core.namespace.local.to(core.keys.providers(service)).emit("notify", notice));
  if (client?.link.at !== "abroad") core.local.directory.provider(service, change, provider);
  if (client !== undefined) core.charge(client, watchersOf(core, core.keys.providers(service)));
  if (change === "update") return;
  const summary = { service, providers: core.services.count(service) };
  core.guard(() => core.namespace.local.to(core.keys.services).emit("notify", { type: "service", ...summary } satisfies Notice));
  core.local.directory.service(summary);
  if (client !== undefined) core.charge(client, watchersOf(core, core.keys.services));
}

/** Tells all who watch a client's services that it is here again, or away. */
export function tellServices(core: Core, client: Client): void {
  for (const registration of client.provides?.values() ?? []) tellProvider(core, registration, "update");
}

/** Takes back what a client that is gone has offered, and forgets what it watched. */
export function withdrawAll(core: Core, client: Client): void {
  for (const registration of [...(client.provides?.values() ?? [])]) {
    core.services.remove(registration);
    tellProvider(core, registration, "leave");
  }
  forgetServiceWatches(client);
}

/** Forgets what a client watched among services. */
export function forgetServiceWatches(client: Client): void {
  client.providing = undefined;
  client.serviceWatches = undefined;
  client.watchesServices = false;
}

/** socket.io's rooms of what a client watches among services. */
export function watchedRooms(core: Core, client: Client): string[] {
  const rooms = [...(client.serviceWatches ?? [])].map((service) => core.keys.providers(service));
  return client.watchesServices ? [...rooms, core.keys.services] : rooms;
}

function watchersOf(core: Core, room: string): number {
  return core.namespace.adapter.rooms.get(room)?.size ?? 0;
}
