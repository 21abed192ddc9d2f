import type { Unsubscribe } from "@peerloom/core";
import type { Namespace } from "socket.io";

const form = /^(?:tenant:[^/]*\/)?signal:/;

/** Is this socket.io's name of a room of signaling, whichever tenant's? See `Keys`. */
export function isSignalKey(key: string): boolean {
  return form.test(key);
}

/** Tells when somebody begins to listen in a room of signaling, and when the last one there has stopped. */
export function watchSignalKeys({ adapter }: Namespace, listener: (key: string, isOn: boolean) => void): Unsubscribe {
  const created = (key: string): void => void (isSignalKey(key) && listener(key, true));
  const deleted = (key: string): void => void (isSignalKey(key) && listener(key, false));
  adapter.on("create-room", created);
  adapter.on("delete-room", deleted);
  return () => {
    adapter.off("create-room", created);
    adapter.off("delete-room", deleted);
  };
}
