const chunk = 4096;
const form = /^[A-Za-z0-9+/]*={0,2}$/;

/** Standard base64 of some bytes, with what browsers and Node share. */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let from = 0; from < bytes.length; from += chunk) binary += String.fromCharCode(...bytes.subarray(from, from + chunk));
  return btoa(binary);
}

/** Bytes of a padded standard base64 text; undefined when it is none. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  // `atob` alone would also take spaces and missing padding.
  if (text.length % 4 !== 0 || !form.test(text)) return undefined;
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
