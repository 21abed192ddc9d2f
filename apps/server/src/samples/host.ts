import type { Relay } from "@peerloom/server";

/** What a sample needs of the relay: a client offers services and topics by the same functions. */
export type SampleHost = Pick<Relay, "provide" | "createTopic">;

/** What a sample does each second. */
export type Tick = () => void;
