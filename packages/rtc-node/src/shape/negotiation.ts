/** A transceiver, as far as this rule needs it. */
export interface NegotiatedTransceiver {
  readonly mid: string | null;
  readonly direction: string;
  readonly stopped: boolean;
  readonly stopping: boolean;
}

/** W3C's "check if negotiation is needed", for descriptions that stand: whether what there is differs from what they say. */
export function differs(
  local: { readonly type: string; readonly sdp: string } | null,
  remote: { readonly sdp: string } | null,
  hasChannels: boolean,
  transceivers: readonly NegotiatedTransceiver[],
): boolean {
  const ours = sections(local?.sdp ?? "");
  const theirs = sections(remote?.sdp ?? "");
  if (hasChannels && ![...ours.values()].some(({ kind }) => kind === "application")) return true;
  return transceivers.some(({ mid, direction, stopped, stopping }) => {
    if (stopped) return false;
    const own = mid === null ? undefined : ours.get(mid);
    if (!own || stopping) return true;
    const other = mid === null ? undefined : theirs.get(mid);
    if (local?.type === "offer") return own.direction !== direction && reversed(other?.direction) !== direction;
    return own.direction !== both(direction, reversed(other?.direction ?? "sendrecv"));
  });
}

interface Section {
  readonly kind: string;
  readonly direction: string;
}

/** The sections of a description by their mid. */
function sections(sdp: string): Map<string, Section> {
  const found = new Map<string, Section>();
  for (const text of sdp.split(/^m=/m).slice(1)) {
    const mid = /^a=mid:(\S+)/m.exec(text)?.[1];
    const direction = /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m.exec(text)?.[1] ?? "sendrecv";
    if (mid !== undefined) found.set(mid, { kind: text.slice(0, text.indexOf(" ")), direction });
  }
  return found;
}

function reversed(direction: string | undefined): string | undefined {
  return direction === "sendonly" ? "recvonly" : direction === "recvonly" ? "sendonly" : direction;
}

function both(left: string, right: string | undefined): string {
  const sends = /send/.test(left) && /send/.test(right ?? "");
  const receives = /recv/.test(left) && /recv/.test(right ?? "");
  return sends ? (receives ? "sendrecv" : "sendonly") : receives ? "recvonly" : "inactive";
}
