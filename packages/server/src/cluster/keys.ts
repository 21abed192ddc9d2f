const form = /^(?:tenant:[^/]*\/)?signal:/;

/** Is this socket.io's name of a room of signaling, whichever tenant's? See `Keys`. */
export function isSignalKey(key: string): boolean {
  return form.test(key);
}
