import type { AnyCode, PeerloomError } from "@peerloom/core";
import type { Metadata } from "@peerloom/protocol";
import type { AuditEntry } from "./audit.ts";
import type { ClusterStatus } from "./cluster/cluster.ts";
import type { Phase } from "./common.ts";
import type { GoneReason } from "./registry.ts";

/** Whose name space an event is about. */
interface OfTenant {
  /** Absent in the relay's own. */
  readonly tenant?: string | undefined;
}

/** What a relay tells its operator. */
export interface RelayEvents {
  /** A client has connected, or come back. */
  connection: OfTenant & {
    readonly clientId: string;
    readonly instance: string;
    /** The client was away, or changed sockets; its rooms and watches were kept. */
    readonly isResumed: boolean;
    readonly claims: unknown;
    readonly metadata: Metadata | undefined;
  };
  /** A client lost its socket and is expected back. */
  away: OfTenant & { readonly clientId: string };
  /** A client will not come back: it left, stayed away too long, or another took its id. */
  gone: OfTenant & { readonly clientId: string; readonly reason: GoneReason };
  /** Something was refused to a client; `error` is there for a handshake. */
  refused: OfTenant & {
    readonly code: AnyCode;
    readonly where: RefusalPlace;
    readonly clientId?: string | undefined;
    readonly error?: PeerloomError;
  };
  /** The same and dismissals, for a log: with the address, at a bounded rate, what is alike together. */
  audit: AuditEntry;
  /** The relay closed a client's connection. */
  dismissed: OfTenant & { readonly code: AnyCode; readonly clientId: string };
  /** The relay begins to let go of its clients, or closes. */
  phase: { readonly phase: Phase };
  /** An event that the relay itself sent to a client could not be delivered, or it is not known whether it was. */
  undeliverable: OfTenant & { readonly to: string; readonly event: string; readonly error: PeerloomError };
  /** The relay has found its place among the other nodes, or lost it. */
  cluster: ClusterStatus;
  /** A hook, a listener or the relay itself failed; the relay goes on. Without a listener the first one is a warning. */
  error: { readonly error: unknown };
}

/** What was refused. */
export type RefusalPlace = "connection" | "request" | "handshake" | "packet" | "room-packet" | "control";

/** Tells the operator; payloads are only made when somebody listens. */
export interface Announce {
  <K extends keyof RelayEvents>(name: K, event: () => RelayEvents[K]): void;
}
