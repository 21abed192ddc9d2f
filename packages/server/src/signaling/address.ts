const form = /^[\w=~-]{1,64}(?:\.[\w=~-]{1,64})?$/;

/** Is this an address as drivers make them? Its parts are the escaped names of a room and, it may be, a peer in it. */
export function isAddress(value: unknown): value is string {
  return typeof value === "string" && value.length <= 129 && form.test(value);
}
