/** What Node's WebSocket can be told about the masks of its frames; browsers mask as they do. */
export interface Masking {
  readonly generateMask?: (mask: Uint8Array) => void;
}

/**
 * A WebSocket client masks what it sends so that a script cannot make a middlebox that knows nothing of WebSockets read its bytes as
 * HTTP (RFC 6455 §10.3). Where nothing in between can read them, over TLS and on this very host, the mask is zero: masking costs a
 * Node client a copy and a third of its time for large messages, and its relay another pass over them.
 */
export function masking(url: string): Masking {
  const { protocol, hostname } = new URL(url);
  return protocol === "wss:" || isThisHost(hostname) ? { generateMask: clear } : {};
}

/** Of the four bytes that a mask has. `fill` would check its arguments for each message. */
function clear(mask: Uint8Array): void {
  mask[0] = mask[1] = mask[2] = mask[3] = 0;
}

function isThisHost(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
