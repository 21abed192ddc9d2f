/** The longest name shown, in characters. */
export const maxNameLength = 32;
/** The longest room name, in characters. */
export const maxRoomLength = 48;

/** The relay takes ids and room names up to this many bytes of UTF-8. */
const maxIdBytes = 128;
const defaultRoom = "lobby";

/** What people see: one line, no invisible characters that could make two names look the same. */
export function cleanName(text: string): string {
  return text
    .normalize("NFC")
    .replaceAll(/\p{Cc}/gu, " ")
    .replaceAll(invisible, "")
    .replaceAll(/\s+/gu, " ")
    .trim();
}

/** The relay's id for somebody of this name: "Ada Lovelace" is `ada-lovelace`, so a name can be taken. */
export function idOfName(name: string): string {
  return cleanName(name)
    .replaceAll(/\p{Cf}/gu, "")
    .replaceAll(/\s+/gu, "-")
    .toLowerCase();
}

/** A room's name as it stands in links: "#Tea room" is `tea-room`. */
export function cleanRoom(text: string): string {
  const name = cleanName(text)
    .replace(/^[#\s]+/u, "")
    .replaceAll(" ", "-")
    .toLowerCase();
  const room = Array.from(name).slice(0, maxRoomLength);
  while (!isShort(room.join(""))) room.pop();
  return room.join("");
}

/** Says what is wrong with a name, in words for the person who typed it; undefined when it will do. */
export function problemOfName(name: string): string | undefined {
  const clean = cleanName(name);
  if (idOfName(clean) === "") return "Please say what others shall call you.";
  if (Array.from(clean).length > maxNameLength) return `Please choose a name of at most ${maxNameLength} characters.`;
  return isShort(idOfName(clean)) ? undefined : "Please choose a shorter name.";
}

/** The room a link leads to: what stands behind its `#`. */
export function roomOfHash(hash: string): string {
  return cleanRoom(decode(hash)) || defaultRoom;
}

/** The part of a link that leads to `room`. */
export function hashOfRoom(room: string): string {
  return `#${encodeURIComponent(room)}`;
}

/**
 * The name to show for a member: what it calls itself if that fits its id, which the relay has proven, else the id. So nobody can
 * borrow a name.
 */
export function nameOfMember(id: string, metadata: unknown): string {
  const claimed: unknown = typeof metadata === "object" && metadata !== null ? Reflect.get(metadata, "name") : undefined;
  if (typeof claimed !== "string" || Array.from(claimed).length > maxNameLength) return id;
  const name = cleanName(claimed);
  return idOfName(name) === id ? name : id;
}

/** Direction marks, zero-width spaces and the like; joiners stay, emoji and some scripts need them. */
const invisible = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

function isShort(id: string): boolean {
  return new TextEncoder().encode(id).length <= maxIdBytes;
}

function decode(hash: string): string {
  try {
    return decodeURIComponent(hash.replace(/^#/u, ""));
  } catch {
    return "";
  }
}
