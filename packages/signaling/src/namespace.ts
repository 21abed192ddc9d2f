import type { Namespace } from "./driver.ts";
import { sha256 } from "./sha256.ts";

/** A part that would be longer is replaced by its hash, which is shorter. */
const maxPartLength = 48;
const plain = /^[A-Za-z0-9_-]+$/;

/**
 * The address of a namespace: different namespaces have different addresses, whatever text their parts are, lone surrogates included.
 * Letters, digits, `_` and `-` stay; any other UTF-16 unit becomes `=` and four hexadecimal digits; an empty part is `=`; a long one is `~`
 * and its SHA-256 (of the UTF-16 units, big-endian) in base64url. The parts are joined by `.`.
 *
 * @throws TypeError when it is no namespace.
 */
export function escapeNamespace(namespace: Namespace): string {
  const parts: readonly unknown[] = Array.isArray(namespace) ? namespace : [];
  const [room, peer] = parts;
  if (typeof room === "string" && parts.length === 1) return escapePart(room);
  if (typeof room === "string" && typeof peer === "string" && parts.length === 2) return `${escapePart(room)}.${escapePart(peer)}`;
  throw new TypeError("a namespace is [room] or [room, peer], both strings");
}

function escapePart(part: string): string {
  if (part.length > maxPartLength) return hashPart(part);
  if (plain.test(part)) return part;
  const escaped = part.replace(/[^A-Za-z0-9_-]/g, (unit) => `=${unit.charCodeAt(0).toString(16).padStart(4, "0")}`) || "=";
  return escaped.length > maxPartLength ? hashPart(part) : escaped;
}

function hashPart(part: string): string {
  const units = new DataView(new ArrayBuffer(part.length * 2));
  for (let i = 0; i < part.length; i++) units.setUint16(i * 2, part.charCodeAt(i));
  const digest = btoa(String.fromCharCode(...sha256(new Uint8Array(units.buffer))));
  return `~${digest.replaceAll("+", "-").replaceAll("/", "_").replace("=", "")}`;
}
