const chunk = 4096;

/** Standard base64 of some bytes, with what browsers and Node share. */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let from = 0; from < bytes.length; from += chunk) binary += String.fromCharCode(...bytes.subarray(from, from + chunk));
  return btoa(binary);
}

/** Bytes of a standard base64 text; undefined when it is none. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}
