/** Which way the bytes of a pair take. */
export type PathKind = "host" | "srflx" | "prflx" | "relay" | "unknown";

/** What one pair did since its connection was made; rates are those since the last time it was asked, or since its beginning. */
export interface PeerStats {
  readonly id: string;
  /** `relay` when a TURN server carries it, else how the other side is seen: `host` without a NAT between, `srflx` or `prflx` through one. */
  readonly path: PathKind;
  /** Milliseconds; of ICE, else of the control channel. */
  readonly roundTripMs: number | undefined;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Bits per second. */
  readonly sendBitrate: number;
  readonly receiveBitrate: number;
  /** Share of the media packets this side lost, 0 to 1; undefined without media. */
  readonly lossReceived: number | undefined;
  /** Share the other side lost of this side's. */
  readonly lossSent: number | undefined;
}

/** What has to be kept from one time to the next. */
export interface Sample {
  readonly at: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

type Entry = Readonly<Record<string, unknown>>;

/** Reads a report of `getStats`, of any backend. Pure. */
export function readStats(
  id: string,
  report: Iterable<readonly [unknown, unknown]>,
  { at, last, roundTripMs }: { readonly at: number; readonly last: Sample | undefined; readonly roundTripMs: number | undefined },
): readonly [PeerStats, Sample] {
  const entries = new Map([...report].map(([key, value]) => [key, value as Entry]));
  const all = [...entries.values()];
  const pair = selectedPair(entries, all);
  const transport = all.find(({ type }) => type === "transport");
  const bytesSent = number(pair?.["bytesSent"]) || number(transport?.["bytesSent"]);
  const bytesReceived = number(pair?.["bytesReceived"]) || number(transport?.["bytesReceived"]);
  const seconds = last === undefined ? 0 : (at - last.at) / 1000;
  const rate = (now: number, before: number): number => (seconds > 0 && now >= before ? ((now - before) * 8) / seconds : 0);
  const seen = pair?.["currentRoundTripTime"];
  const stats: PeerStats = {
    id,
    path: pathOf(entries, pair),
    roundTripMs: typeof seen === "number" && seen > 0 ? seen * 1000 : roundTripMs,
    bytesSent,
    bytesReceived,
    sendBitrate: rate(bytesSent, last?.bytesSent ?? 0),
    receiveBitrate: rate(bytesReceived, last?.bytesReceived ?? 0),
    lossReceived: lossOf(all.filter(({ type }) => type === "inbound-rtp")),
    lossSent: fractionOf(all.filter(({ type }) => type === "remote-inbound-rtp")),
  };
  return [stats, { at, bytesSent, bytesReceived }];
}

function selectedPair(entries: ReadonlyMap<unknown, Entry>, all: readonly Entry[]): Entry | undefined {
  const selected = all.find(({ type, selectedCandidatePairId: id }) => type === "transport" && typeof id === "string" && entries.has(id));
  if (selected !== undefined) return entries.get(selected["selectedCandidatePairId"]);
  const pairs = all.filter(({ type }) => type === "candidate-pair");
  return (
    pairs.find(({ nominated, state }) => nominated === true && state === "succeeded") ??
    pairs.find(({ selected }) => selected === true) ??
    pairs.find(({ state }) => state === "succeeded")
  );
}

function pathOf(entries: ReadonlyMap<unknown, Entry>, pair: Entry | undefined): PathKind {
  const kinds = [entries.get(pair?.["localCandidateId"]), entries.get(pair?.["remoteCandidateId"])].map(
    (entry) => entry?.["candidateType"],
  );
  for (const kind of ["relay", "srflx", "prflx", "host"] as const) if (kinds.includes(kind)) return kind;
  return "unknown";
}

function lossOf(inbound: readonly Entry[]): number | undefined {
  if (inbound.length === 0) return undefined;
  const lost = sum(inbound, "packetsLost");
  const all = lost + sum(inbound, "packetsReceived");
  return all > 0 ? Math.max(0, lost) / all : 0;
}

function fractionOf(remote: readonly Entry[]): number | undefined {
  const losses = remote.flatMap(({ fractionLost }) => (typeof fractionLost === "number" ? [fractionLost] : []));
  return losses.length === 0 ? undefined : losses.reduce((one, other) => one + other, 0) / losses.length;
}

function sum(entries: readonly Entry[], key: string): number {
  return entries.reduce((total, entry) => total + number(entry[key]), 0);
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
