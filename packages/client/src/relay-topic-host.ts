import type { Defer } from "@peerloom/core";
import type { Endpoint, TopicHost } from "@peerloom/session";
import type { ControlChannel } from "./control.ts";
import type { RelayDirectory } from "./relay-directory.ts";
import type { RoomsOptions } from "./rooms.ts";

export interface RelayTopicHostOptions extends Pick<RoomsOptions, "send" | "undeliverable" | "malformed"> {
  readonly control: ControlChannel;
  readonly directory: RelayDirectory;
  readonly endpoint: Endpoint;
  readonly instance: string;
  readonly defer: Defer;
  readonly failed: TopicHost["failed"];
}

/** Topics over the relay's control requests. */
export function relayTopicHost(options: RelayTopicHostOptions): TopicHost {
  const { control, directory, endpoint, instance, defer, send, malformed } = options;
  return {
    instance,
    defer,
    get sessionTimeoutMs() {
      return directory.sessionTimeoutMs;
    },
    send,
    publish: async ({ service, topic }, head, metadata, onReply, wait) => {
      // The relay lets nobody publish who does not provide the service.
      await directory.registered(service);
      await control.request("publish", { service, topic, head, metadata }, { ...wait, onReply });
    },
    unpublish: ({ service, topic }) => control.request("unpublish", { service, topic }).then(nothing, nothing),
    subscribe: async ({ service, topic }, onReply, wait) => {
      await control.request("subscribe", { service, topic }, { ...wait, onReply });
    },
    unsubscribe: ({ service, topic }) => control.request("unsubscribe", { service, topic }).then(nothing, nothing),
    ask: (to, request, args, signal) => endpoint.requestInternal(to, request, args, { signal }),
    failed: options.failed,
    undeliverable: (room, count, error) => options.undeliverable({ room, count, error }),
    malformed,
  };
}

function nothing(): void {}
