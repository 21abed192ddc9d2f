import { PeerloomError } from "@peerloom/core";
import { isMetadata, isRecord, metadataBytes, parseReply, type ControlRequests, type PairQuestion } from "@peerloom/protocol";
import type { Socket } from "socket.io";
import { mustAllow } from "./authorize.ts";
import type { Client } from "./client.ts";
import { askAbroad } from "./cluster/pair-abroad.ts";
import { checkMetadataSize } from "./control-presence.ts";
import type { Core } from "./core.ts";

/**
 * Asks another client's program whether it wants to deal with this one. The relay itself says yes.
 *
 * @throws PeerloomError `PAIR_REFUSED`, `PEER_NOT_FOUND`, `PEER_AWAY`, `FORBIDDEN`, `TIMEOUT`, `LIMIT` (too many open questions of the
 * asker), `BUSY` (of the asked), `TOO_LARGE` (metadata).
 */
export async function pair(core: Core, client: Client, { to, metadata }: ControlRequests["pair"]): Promise<object> {
  checkMetadataSize(core, metadata);
  const { pendingAsks } = core.settings.limits;
  if (client.asking >= pendingAsks) throw new PeerloomError("LIMIT", `a client may have ${pendingAsks} open pairing questions`);
  client.asking += 1;
  try {
    await mustAllow(core, { type: "pair", from: client.id, to, claims: client.claims });
    if (to === core.settings.relayId) return {};
    const question: PairQuestion = { type: "pair", from: client.id, ...(metadata !== undefined && { metadata }) };
    const { nodes } = core;
    if (nodes === undefined) return await askHere(core, to, question);
    if (core.find(to) === undefined) await nodes.settled();
    const link = core.replicas.get(to)?.link;
    if (link?.at !== "abroad") return await askHere(core, to, question);
    if (link.state !== "here") throw new PeerloomError("PEER_AWAY", `"${to}" has lost its connection`);
    return await askAbroad(nodes, core, link.node, to, question);
  } finally {
    client.asking -= 1;
  }
}

/** Asks a client of this node. @throws PeerloomError as `pair`. */
export function askHere(core: Core, to: string, question: PairQuestion): Promise<object> {
  return ask(core, targetOf(core, to), question);
}

function targetOf(core: Core, to: string): Client {
  const target = core.registry.get(to);
  if (target === undefined) throw new PeerloomError("PEER_NOT_FOUND", `no client "${to}" is connected`);
  if (target.link.at !== "here") throw new PeerloomError("PEER_AWAY", `"${to}" has lost its connection`);
  if (target.link.line.isSlow) throw new PeerloomError("BUSY", `"${to}" does not keep up`);
  if (target.asked >= core.settings.limits.pendingAsks) throw new PeerloomError("BUSY", `"${to}" has too many open questions`);
  return target;
}

async function ask(core: Core, target: Client, question: PairQuestion): Promise<object> {
  if (target.link.at !== "here") throw new PeerloomError("PEER_AWAY", `"${target.id}" has lost its connection`);
  const { socket } = target.link;
  target.asked += 1;
  try {
    return readAnswer(core, target, await answerTo(socket, question, core.settings.pairTimeoutMs));
  } finally {
    target.asked -= 1;
  }
}

/** What stands for an answer when the socket is lost before there was one. */
const lost: unique symbol = Symbol("lost");

function answerTo(socket: Socket, question: PairQuestion, timeoutMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    socket.timeout(timeoutMs).emit("ask", question, (error: unknown, answer: unknown) => {
      if (error) reject(new PeerloomError("TIMEOUT", `no answer within ${timeoutMs} ms`));
      else resolve(answer);
    });
  });
}

/**
 * Ends the questions that a lost socket will not answer, at once: socket.io would let each run into its timeout, and keep a timer
 * until then. Without the table it keeps (it is not among its types) that is what happens.
 */
export function endQuestions(socket: Socket): void {
  const acks: unknown = Reflect.get(socket, "acks");
  if (!(acks instanceof Map)) return;
  const open = [...acks.values()] as ((answer: unknown) => void)[];
  acks.clear();
  for (const settle of open) settle(lost);
}

function readAnswer(core: Core, target: Client, answer: unknown): object {
  if (answer === lost) throw new PeerloomError("PEER_AWAY", `"${target.id}" lost its connection before it answered`);
  const reply = parseReply(answer);
  if (reply?.ok === false) throw new PeerloomError("PAIR_REFUSED", reply.error.message);
  const metadata = isRecord(reply?.value) ? reply.value["metadata"] : undefined;
  const isGood =
    reply !== undefined &&
    (metadata === undefined || (isMetadata(metadata) && metadataBytes(metadata) <= core.settings.limits.metadataBytes));
  if (isGood) return metadata === undefined ? {} : { metadata };
  core.malformed(target);
  throw new PeerloomError("PAIR_REFUSED", `"${target.id}" did not give a proper answer`);
}
