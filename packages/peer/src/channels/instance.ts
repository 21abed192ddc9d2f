/** 16 hex digits that no other channel object has. */
export function randomInstance(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
