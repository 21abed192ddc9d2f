/** An `RTCSessionDescription`: a copy, so that it does not change when candidates are gathered. */
export class Description {
  readonly type: RTCSdpType;
  readonly sdp: string;

  constructor({ type, sdp = "" }: { type: RTCSdpType; sdp?: string | undefined }) {
    this.type = type;
    this.sdp = sdp;
  }

  toJSON(): { type: RTCSdpType; sdp: string } {
    return { type: this.type, sdp: this.sdp };
  }
}

/** The lines of candidates have other forms (with `a=`, with a line end); W3C's has neither. */
export function candidateLine(line: string): string {
  return line.trim().replace(/^a=/, "");
}

const form =
  /^candidate:(?<foundation>\S+) (?<component>\d+) (?<protocol>\S+) (?<priority>\d+) (?<address>\S+) (?<port>\d+) typ (?<type>\S+)(?: raddr (?<relatedAddress>\S+) rport (?<relatedPort>\d+))?/i;

/** An `RTCIceCandidate`. */
export class Candidate {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
  readonly foundation: string | null;
  readonly component: "rtp" | "rtcp" | null;
  readonly protocol: string | null;
  readonly priority: number | null;
  readonly address: string | null;
  readonly port: number | null;
  readonly type: string | null;
  readonly relatedAddress: string | null;
  readonly relatedPort: number | null;

  constructor({ candidate = "", sdpMid = null, sdpMLineIndex = null, usernameFragment = null }: RTCIceCandidateInit) {
    this.candidate = candidateLine(candidate);
    this.sdpMid = sdpMid;
    this.sdpMLineIndex = sdpMLineIndex;
    this.usernameFragment = usernameFragment;
    const part = form.exec(this.candidate)?.groups ?? {};
    this.foundation = part["foundation"] ?? null;
    this.component = part["component"] === undefined ? null : part["component"] === "1" ? "rtp" : "rtcp";
    this.protocol = part["protocol"]?.toLowerCase() ?? null;
    this.priority = numberOf(part["priority"]);
    this.address = part["address"] ?? null;
    this.port = numberOf(part["port"]);
    this.type = part["type"] ?? null;
    this.relatedAddress = part["relatedAddress"] ?? null;
    this.relatedPort = numberOf(part["relatedPort"]);
  }

  toJSON(): RTCIceCandidateInit {
    const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = this;
    return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
  }
}

function numberOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
