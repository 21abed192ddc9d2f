import { PeerloomError, type WireError } from "@peerloom/core";
import { Assembly } from "./assembly.ts";
import type { FlowIn } from "./flow-in.ts";
import type { OpenFrame } from "./frames.ts";
import type { ChannelLimits } from "./limits.ts";
import { FRAME, LANE, WIRE_LIMITS } from "./wire.ts";

export interface LanesInHooks {
  /** A message, request or answer is complete. @returns what is wrong with it. */
  readonly whole: (frame: OpenFrame, content: Uint8Array<ArrayBuffer>) => string | undefined;
  /** A message, request or answer does not come: it was refused here, or given up by its sender. */
  readonly dropped: (frame: OpenFrame, error: PeerloomError) => void;
  /** A file or a stream begins: gives `begin` where it goes, before anybody is told who may cancel it. @returns why it is refused, if it is. */
  readonly flow: (frame: OpenFrame, begin: (to: FlowIn) => void) => PeerloomError | undefined;
  /** Tells the sender to stop. */
  readonly stop: (lane: number, error: PeerloomError) => void;
}

type LaneIn = { readonly frame: OpenFrame; readonly to: Assembly | FlowIn };

/** The large things that are being received, within limits. */
export class LanesIn {
  readonly #limits: Required<ChannelLimits>;
  readonly #hooks: LanesInHooks;
  readonly #lanes = new Map<number, LaneIn>();
  #assemblyBytes = 0;
  #lastLane = 0;

  constructor(limits: Required<ChannelLimits>, hooks: LanesInHooks) {
    this.#limits = limits;
    this.#hooks = hooks;
  }

  get count(): number {
    return this.#lanes.size;
  }

  open(frame: OpenFrame): string | undefined {
    const { lane } = frame;
    if (this.#lanes.has(lane)) return `lane ${lane} is opened twice`;
    this.#lastLane = Math.max(this.#lastLane, lane);
    if (this.#lanes.size >= WIRE_LIMITS.maxLanes) return `more than ${WIRE_LIMITS.maxLanes} lanes`;
    if (frame.kind === LANE.file || frame.kind === LANE.stream) {
      const refusal = this.#hooks.flow(frame, (to) => this.#lanes.set(lane, { frame, to }));
      if (refusal !== undefined) {
        this.#lanes.delete(lane);
        this.#hooks.stop(lane, refusal);
      }
      return undefined;
    }
    if (frame.kind < FRAME.message || frame.kind >= FRAME.failure || frame.total === undefined) return `a lane of kind ${frame.kind}`;
    const refusal = this.#refusal(frame.total);
    if (refusal !== undefined) {
      this.#hooks.stop(lane, refusal);
      this.#hooks.dropped(frame, refusal);
      return undefined;
    }
    this.#assemblyBytes += frame.total;
    this.#lanes.set(lane, { frame, to: new Assembly(frame.total) });
    return undefined;
  }

  chunk(lane: number, bytes: Uint8Array<ArrayBuffer>): string | undefined {
    const entry = this.#lanes.get(lane);
    if (entry === undefined) return this.#unknown(lane);
    if (entry.to instanceof Assembly) return entry.to.add(bytes) ? undefined : `lane ${lane} brings more than it said`;
    const isTooMuch = entry.frame.total !== undefined && entry.to.received + bytes.length > entry.frame.total;
    return !isTooMuch && entry.to.push(bytes) ? undefined : `lane ${lane} brings more than it may`;
  }

  end(lane: number): string | undefined {
    const entry = this.#lanes.get(lane);
    if (entry === undefined) return this.#unknown(lane);
    this.#forget(lane, entry);
    const { frame, to } = entry;
    if (to instanceof Assembly) {
      const content = to.finish();
      return content === undefined ? `lane ${lane} brings less than it said` : this.#hooks.whole(frame, content);
    }
    if (frame.total !== undefined && to.received !== frame.total) return `lane ${lane} brings less than it said`;
    to.end();
    return undefined;
  }

  abort(lane: number, { code, message }: WireError): string | undefined {
    const entry = this.#lanes.get(lane);
    if (entry === undefined) return this.#unknown(lane);
    this.#forget(lane, entry);
    const error = new PeerloomError(code, message, { remote: true });
    if (entry.to instanceof Assembly) this.#hooks.dropped(entry.frame, error);
    else entry.to.fail(error);
    return undefined;
  }

  /** The reader of a file or a stream wants no more. */
  cancel(lane: number, error: PeerloomError): void {
    const entry = this.#lanes.get(lane);
    if (entry === undefined) return;
    this.#forget(lane, entry);
    this.#hooks.stop(lane, error);
  }

  fail(error: PeerloomError): void {
    const entries = [...this.#lanes.values()];
    this.#lanes.clear();
    this.#assemblyBytes = 0;
    for (const { to } of entries) if (!(to instanceof Assembly)) to.fail(error);
  }

  #refusal(total: number): PeerloomError | undefined {
    const { maxMessageBytes, maxAssemblyBytes } = this.#limits;
    if (total > maxMessageBytes)
      return new PeerloomError("TOO_LARGE", `a message of ${total} bytes: the receiver takes ${maxMessageBytes} at most`);
    if (this.#assemblyBytes + total > maxAssemblyBytes)
      return new PeerloomError("OVERFLOW", `the receiver assembles ${maxAssemblyBytes} bytes at most`);
    return undefined;
  }

  #forget(lane: number, { frame, to }: LaneIn): void {
    this.#lanes.delete(lane);
    if (to instanceof Assembly) this.#assemblyBytes -= frame.total ?? 0;
  }

  /** What was refused or cancelled may still be on its way. */
  #unknown(lane: number): string | undefined {
    return lane > this.#lastLane ? `lane ${lane} was never opened` : undefined;
  }
}
