import type { PeerConnection, SelectedCandidateInfo } from "node-datachannel";

/** The chosen pair, its two candidates and the transport; libdatachannel tells no more. Times are seconds, as W3C has them. */
export function nativeStats(pc: PeerConnection, dataChannels: number): RTCStatsReport {
  const timestamp = performance.timeOrigin + performance.now();
  const report = new Map<string, object>();
  const add = (stats: { id: string; type: string }): void => void report.set(stats.id, { timestamp, ...stats });
  add({ id: "peer-connection", type: "peer-connection", ...{ dataChannelsOpened: dataChannels } });
  const pair = pc.getSelectedCandidatePair();
  if (!pair) return report as unknown as RTCStatsReport;
  const bytes = { bytesSent: pc.bytesSent(), bytesReceived: pc.bytesReceived() };
  const rtt = pc.rtt() / 1000;
  add(candidateStats("local-candidate", pair.local));
  add(candidateStats("remote-candidate", pair.remote));
  add({
    id: "candidate-pair",
    type: "candidate-pair",
    ...bytes,
    ...{
      transportId: "transport",
      localCandidateId: "local-candidate",
      remoteCandidateId: "remote-candidate",
      state: "succeeded",
      nominated: true,
      // 0 means that it was not measured yet.
      ...(rtt > 0 ? { currentRoundTripTime: rtt } : {}),
    },
  });
  add({ id: "transport", type: "transport", ...bytes, ...{ dtlsState: pc.state(), selectedCandidatePairId: "candidate-pair" } });
  return report as unknown as RTCStatsReport;
}

function candidateStats(
  type: string,
  { address, port, type: candidateType, transportType, priority }: SelectedCandidateInfo,
): {
  id: string;
  type: string;
} {
  return { id: type, type, ...{ transportId: "transport", address, port, candidateType, protocol: protocolOf(transportType), priority } };
}

function protocolOf(transportType: string): string {
  return transportType.toLowerCase().startsWith("tcp") ? "tcp" : "udp";
}
