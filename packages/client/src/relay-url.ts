import { DEFAULT_NAMESPACE } from "@peerloom/protocol";

const schemes: ReadonlySet<string> = new Set(["http:", "https:", "ws:", "wss:"]);

/**
 * The address to hand to socket.io: the URL's path is the namespace, `/peerloom` when it has none.
 *
 * @throws TypeError naming the value when it is no http(s) or ws(s) URL.
 */
export function parseRelayUrl(value: string | URL): string {
  const text = String(value);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !schemes.has(url.protocol) || url.hostname === "") {
    throw new TypeError(`the relay's URL must begin with http://, https://, ws:// or wss://, not ${JSON.stringify(text.slice(0, 200))}`);
  }
  url.pathname = url.pathname === "/" || url.pathname === "" ? DEFAULT_NAMESPACE : url.pathname;
  url.hash = "";
  return url.href;
}
