/** What an error code means for the person in front of the page. `name` is who or what it is about. */
const words: Readonly<Record<string, (name: string) => string>> = {
  BUSY: (name) => `${name} cannot take more at the moment.`,
  CLIENT_ID_REPLACED: (name) => `Somebody else has joined as ${name}, so this page has left.`,
  CLIENT_ID_TAKEN: (name) => `The name ${name} is taken. Please choose another one.`,
  CLOSED: () => "You have left.",
  FORBIDDEN: () => "The relay does not allow this.",
  HANDLER_ERROR: (name) => `${name}'s page could not take it.`,
  LIMIT: () => "The relay is full.",
  NO_FILE: (name) => `${name} does not offer this file any more.`,
  NO_HANDLER: (name) => `${name} cannot read messages.`,
  OVERFLOW: () => "Too much is waiting to be sent.",
  PEER_AWAY: (name) => `${name} is away.`,
  PEER_LOST: (name) => `${name} is gone.`,
  PEER_NOT_FOUND: (name) => `${name} is not here.`,
  PEER_RESTARTED: (name) => `${name} has come in anew.`,
  PROTOCOL_MISMATCH: () => "This page is of another version than the relay. Please reload it.",
  RATE_LIMITED: () => "That was too much at once.",
  RELAY_UNREACHABLE: () => "The relay does not answer.",
  TIMEOUT: (name) => `${name} did not answer in time.`,
  TOO_LARGE: () => "The message is too long.",
  UNAUTHORIZED: () => "The relay does not let you in.",
};

/** An error in words. A code that is not known here is shown with its own message. */
export function inWords({ code, message }: { readonly code: string; readonly message: string }, name: string): string {
  return Object.hasOwn(words, code) ? (words[code]?.(name) ?? message) : `${message} (${code})`;
}
