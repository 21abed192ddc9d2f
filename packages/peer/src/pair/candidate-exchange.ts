import { PeerloomError } from "@peerloom/core";
import { CONTROL } from "../limits.ts";
import { CandidateSender } from "./candidate-sender.ts";
import { CandidateQueue } from "./candidates.ts";

/** What the exchange needs of its connection. */
export interface CandidateExchangeHooks {
  /** Tells the other side. */
  send(candidates: readonly RTCIceCandidateInit[]): void;
  /** One of the other side could not be added. */
  failed(error: PeerloomError): void;
}

/** The candidates of a connection, in both directions: none goes out before its description, none is added before its own. */
export class CandidateExchange {
  readonly #pc: RTCPeerConnection;
  readonly #hooks: CandidateExchangeHooks;
  readonly #sender: CandidateSender;
  readonly #came = new CandidateQueue(CONTROL.maxCandidates);
  #isClosed = false;

  constructor(pc: RTCPeerConnection, hooks: CandidateExchangeHooks) {
    this.#pc = pc;
    this.#hooks = hooks;
    this.#sender = new CandidateSender((candidates) => hooks.send(candidates));
  }

  /** This side has found one. */
  found(candidate: RTCIceCandidate | null): void {
    this.#sender.add(candidate);
  }

  /** A description of this side has gone out. */
  described(): void {
    this.#sender.begin();
  }

  /** Some of the other side came; `add` adds them, sooner or later. */
  came(candidates: readonly RTCIceCandidateInit[]): void {
    this.#came.add(candidates);
  }

  /** Adds those that belong to the remote description of now. Never rejects. */
  async add(): Promise<void> {
    for (const candidate of this.#came.take(this.#pc.remoteDescription?.sdp || undefined)) {
      if (this.#isClosed) return;
      if (!candidate.candidate) continue;
      try {
        await this.#pc.addIceCandidate(candidate);
      } catch (cause) {
        const error = new PeerloomError("NEGOTIATION_FAILED", "a candidate of the other side could not be added", { cause });
        if (!this.#isClosed) this.#hooks.failed(error);
      }
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#sender.close();
    this.#came.clear();
  }
}
