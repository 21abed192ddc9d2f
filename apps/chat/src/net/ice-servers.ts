import type { Client } from "@peerloom/client";

/** Not every browser lets a page use WebRTC. */
export function canGoDirect(): boolean {
  return typeof globalThis.RTCPeerConnection === "function";
}

/** The STUN and TURN servers that the relay names; none when it names none. Never rejects. */
export async function iceServersOf(client: Client | undefined): Promise<readonly RTCIceServer[]> {
  try {
    return (await client?.iceServers())?.map(({ urls, ...rest }) => ({ ...rest, urls: [...urls] })) ?? [];
  } catch {
    return [];
  }
}
