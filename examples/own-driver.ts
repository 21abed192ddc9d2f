import { connect } from "node:net";
import { createInterface } from "node:readline";
import { createDriver, type Driver } from "@peerloom/signaling";

/**
 * A driver of one's own: here over a TCP connection to a hub that takes lines of JSON and passes them on. All that is about the medium
 * stands here; the rest (rooms and peers of any name, several handlers, subscribing again) `createDriver` brings.
 */
export function ownDriver(port: number): Driver {
  return createDriver({ name: "own" }, ({ active, inactive, message }) => {
    const subscribed = new Map<unknown, () => void>();
    let isOver = false;
    let socket = open();

    function open(): ReturnType<typeof connect> {
      const opened = connect(port, "127.0.0.1");
      opened.on("connect", active);
      opened.on("error", () => {}); // "close" follows
      opened.on("close", () => {
        inactive();
        if (!isOver) setTimeout(() => (socket = isOver ? socket : open()), 50).unref();
      });
      const lines = createInterface({ input: opened });
      lines.on("error", () => {});
      lines.on("line", (line) => {
        const [what, address, text] = parse(line);
        if (what === "subscribed") subscribed.get(address)?.();
        else message(address, typeof text === "string" ? Buffer.from(text, "base64") : undefined);
      });
      return opened;
    }
    const say = (...words: string[]): void => void socket.write(`${JSON.stringify(words)}\n`);

    return {
      subscribe: (address) =>
        new Promise((resolve) => {
          subscribed.set(address, resolve);
          say("subscribe", address);
        }),
      unsubscribe: (address) => say("unsubscribe", address),
      publish: (address, bytes) => say("publish", address, Buffer.from(bytes).toString("base64")),
      close: () => {
        isOver = true;
        socket.end();
      },
    };
  });
}

/** What comes from a network may be anything. */
function parse(line: string): readonly unknown[] {
  try {
    const words: unknown = JSON.parse(line);
    return Array.isArray(words) ? words : [];
  } catch {
    return [];
  }
}
