import { createInterface } from "node:readline";
import { rtc } from "@peerloom/rtc-node";
import type { RtcChoice } from "@peerloom/rtc-node";

/**
 * One end of a data channel in a process of its own. Signaling and reports are JSON lines on its two ends; arguments: backend, `offers`
 * or `answers`, configuration.
 */
const [use, role, configuration = "{}"] = process.argv.slice(2);
const { RTCPeerConnection } = await rtc({ use: use as RtcChoice });
const pc = new RTCPeerConnection(JSON.parse(configuration) as RTCConfiguration);
const say = (message: object): void => void process.stdout.write(`${JSON.stringify(message)}\n`);
const report = (event: string): void => say({ report: { event, at: Date.now(), connection: pc.connectionState, ice: pc.iceConnectionState } });

pc.onicecandidate = ({ candidate }) => say({ signal: { candidate } });
pc.onconnectionstatechange = () => report("connection");
pc.oniceconnectionstatechange = () => report("ice");
const channel = pc.createDataChannel("control", { negotiated: true, id: 0 });
channel.onopen = () => channel.send("hello");
channel.onclose = () => report("close");
channel.onmessage = () => {
  void pc.getStats().then((stats) => {
    const all = [...stats.values()] as Record<string, unknown>[];
    const pair = all.find(({ type, nominated, state }) => type === "candidate-pair" && nominated && state === "succeeded");
    const kind = (id: unknown): unknown => all.find((own) => own["id"] === id)?.["candidateType"];
    say({ path: { local: kind(pair?.["localCandidateId"]), remote: kind(pair?.["remoteCandidateId"]) } });
  });
};

let work: Promise<unknown> = Promise.resolve();
const early: (RTCIceCandidateInit | null)[] = [];
const take = async ({ description, candidate }: { description?: RTCSessionDescriptionInit; candidate?: RTCIceCandidateInit }): Promise<void> => {
  if (description) {
    await pc.setRemoteDescription(description);
    for (const one of early.splice(0)) await pc.addIceCandidate(one as RTCIceCandidateInit);
    if (description.type !== "offer") return;
    await pc.setLocalDescription();
    say({ signal: { description: pc.localDescription } });
  } else if (pc.remoteDescription) {
    await pc.addIceCandidate(candidate);
  } else {
    early.push(candidate ?? null);
  }
};
createInterface({ input: process.stdin }).on("line", (line) => {
  work = work.then(() => take(JSON.parse(line) as Parameters<typeof take>[0])).catch((error: unknown) => report(String(error)));
});
if (role === "offers") {
  await pc.setLocalDescription();
  say({ signal: { description: pc.localDescription } });
}
