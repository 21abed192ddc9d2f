/** What waits to be offered: nothing, a change of media, new ICE credentials, or all there is. */
type Wanted = "nothing" | "media" | "restart" | "first";

/**
 * Where the negotiation of one connection stands. `stable`: nothing is under way. `asking`: the follower waits for its turn. `granted`: the
 * leader has given its turn away. `offered`: this side's offer waits for its answer. Offers are numbered by their maker, so that the
 * answer to one that was taken back is told from the answer to the newest.
 */
export type Negotiation =
  | { readonly at: "stable" | "asking" | "granted"; readonly lastOffer: number; readonly wanted: Wanted }
  | {
      readonly at: "offered";
      readonly lastOffer: number;
      readonly wanted: Wanted;
      readonly offered: Wanted;
      /** The follower asked meanwhile. */
      readonly isAsked: boolean;
    };

export type NegotiationInput =
  /** Something is to be told to the other side by an offer. All but media is urgent: it asks nobody. */
  | { readonly type: "want"; readonly what: Exclude<Wanted, "nothing"> }
  /** The last effect is done: offer what waits. */
  | { readonly type: "settled" }
  | { readonly type: "offer" }
  | { readonly type: "answer"; readonly offer: number }
  /** The other side could not apply our offer. */
  | { readonly type: "reject"; readonly offer: number }
  /** The follower asks for its turn. */
  | { readonly type: "ask" }
  /** The leader gives it. */
  | { readonly type: "grant" }
  /** The follower does not need it any more. */
  | { readonly type: "pass" };

export type NegotiationEffect =
  | { readonly do: "offer"; readonly offer: number; readonly isRestart: boolean }
  | { readonly do: "say"; readonly what: "ask" | "grant" | "pass" }
  | { readonly do: "rollback" }
  | { readonly do: "accept" }
  | { readonly do: "apply-answer" }
  | { readonly do: "ignore" };

type Step = readonly [Negotiation, readonly NegotiationEffect[]];

export const initialNegotiation: Negotiation = { at: "stable", lastOffer: 0, wanted: "nothing" };

/**
 * The negotiation of one connection as a pure machine. The follower asks before it offers media, so offers of media never cross: browsers do
 * not survive every rollback. Urgent offers may cross; then the negotiation is the perfect one: the follower takes its own back and
 * makes it again afterwards, the leader ignores what it got. The caller runs the effects one after another, and gives no input meanwhile.
 */
export function stepNegotiation(state: Negotiation, input: NegotiationInput, isLeader: boolean): Step {
  switch (input.type) {
    case "want":
      return settle({ ...state, wanted: stronger(state.wanted, input.what) }, isLeader);
    case "settled":
      return settle(state, isLeader);
    case "offer":
      return offerCame(state, isLeader);
    case "answer":
      return state.at === "offered" && input.offer === state.lastOffer ? over(state, { do: "apply-answer" }) : ignored(state);
    case "reject":
      return state.at === "offered" && input.offer === state.lastOffer ? over(state, { do: "rollback" }) : ignored(state);
    case "ask":
      if (!isLeader) return ignored(state);
      if (state.at === "offered") return [{ ...state, isAsked: true }, []];
      return [{ ...state, at: "granted" }, [{ do: "say", what: "grant" }]];
    case "grant":
      if (isLeader) return ignored(state);
      if (state.at !== "asking") return [state, [{ do: "say", what: "pass" }]];
      return state.wanted === "nothing" ? [{ ...state, at: "stable" }, [{ do: "say", what: "pass" }]] : offer(state);
    case "pass":
      return state.at === "granted" ? [{ ...state, at: "stable" }, []] : ignored(state);
  }
}

function offerCame(state: Negotiation, isLeader: boolean): Step {
  if (state.at === "granted") return [{ ...state, at: "stable" }, [{ do: "accept" }]];
  if (state.at !== "offered") return [state, [{ do: "accept" }]];
  if (isLeader) return ignored(state);
  // What the withdrawn offer said has to be said again.
  const withdrawn: Negotiation = { at: "stable", lastOffer: state.lastOffer, wanted: stronger(state.wanted, state.offered) };
  return [withdrawn, [{ do: "rollback" }, { do: "accept" }]];
}

function settle(state: Negotiation, isLeader: boolean): Step {
  const isUrgent = state.wanted === "restart" || state.wanted === "first";
  switch (state.at) {
    case "offered":
      return [state, []];
    case "asking":
    case "granted":
      return isUrgent ? offer(state) : [state, []];
    case "stable":
      if (state.wanted === "nothing") return [state, []];
      return isLeader || isUrgent ? offer(state) : [{ ...state, at: "asking" }, [{ do: "say", what: "ask" }]];
  }
}

function offer({ lastOffer, wanted }: Negotiation): Step {
  const number = lastOffer + 1;
  return [
    { at: "offered", lastOffer: number, wanted: "nothing", offered: wanted, isAsked: false },
    [{ do: "offer", offer: number, isRestart: wanted === "restart" }],
  ];
}

/** Our offer has found its end; the one who asked meanwhile is next. */
function over({ lastOffer, wanted, isAsked }: Negotiation & { readonly at: "offered" }, end: NegotiationEffect): Step {
  if (isAsked) return [{ at: "granted", lastOffer, wanted }, [end, { do: "say", what: "grant" }]];
  return [{ at: "stable", lastOffer, wanted }, [end]];
}

function ignored(state: Negotiation): Step {
  return [state, [{ do: "ignore" }]];
}

const strength: { readonly [W in Wanted]: number } = { nothing: 0, media: 1, restart: 2, first: 3 };

function stronger(one: Wanted, other: Wanted): Wanted {
  return strength[one] >= strength[other] ? one : other;
}
