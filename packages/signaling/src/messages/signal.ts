import type { Metadata } from "@peerloom/protocol";

/** What `RTCIceCandidate.toJSON()` gives; all a receiver needs for `addIceCandidate`. An empty `candidate` says that there are no more. */
export interface Candidate {
  readonly candidate: string;
  readonly sdpMid?: string | null | undefined;
  readonly sdpMLineIndex?: number | null | undefined;
  readonly usernameFragment?: string | null | undefined;
}

/** A newcomer tells the room that it is here. `metadata` only where nothing is sealed. */
export interface AnnounceSignal {
  readonly type: "announce";
  readonly metadata?: Metadata | undefined;
}

/** A peer tells the room that it goes. */
export interface LeaveSignal {
  readonly type: "leave";
}

/** A member answers an announcement without disclosing anything yet: the newcomer is to introduce itself. */
export interface GreetSignal {
  readonly type: "greet";
}

/** A newcomer tells a member that greeted it who it is. */
export interface IntroduceSignal {
  readonly type: "introduce";
  readonly metadata?: Metadata | undefined;
}

export interface OfferSignal {
  readonly type: "offer";
  readonly sdp: string;
  readonly metadata?: Metadata | undefined;
}

export interface AnswerSignal {
  readonly type: "answer";
  readonly sdp: string;
  /** Of a newcomer that has not introduced itself. */
  readonly metadata?: Metadata | undefined;
}

/** ICE candidates, as many as were found meanwhile. */
export interface CandidateSignal {
  readonly type: "candidate";
  readonly candidates: readonly Candidate[];
}

/** The pair comes to nothing, or to its end: why. */
export interface RefuseSignal {
  readonly type: "refuse";
  readonly code: string;
  readonly message: string;
}

/** What is said to everyone in the room. */
export type RoomSignal = AnnounceSignal | LeaveSignal;

/** What is said between two peers. */
export type PairSignal = GreetSignal | IntroduceSignal | OfferSignal | AnswerSignal | CandidateSignal | RefuseSignal;

export type Signal = RoomSignal | PairSignal;
