import { createContext, type Context } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Actions } from "../actions.ts";
import type { Call } from "../call/call.ts";
import type { Cell } from "../cell.ts";
import type { Fetches } from "../net/fetches.ts";
import type { Offers } from "../net/offers.ts";
import type { Qualities } from "../net/qualities.ts";
import type { ServicesPanel } from "../samples/panel.ts";

/** All that components act through and look at, besides the state of the page. */
export interface Shell {
  readonly actions: Actions;
  readonly offers: Offers;
  readonly fetches: Fetches;
  readonly qualities: Qualities;
  readonly call: Call;
  readonly services: ServicesPanel;
}

export const ShellContext: Context<Shell | undefined> = createContext<Shell | undefined>(undefined);

export function useShell(): Shell {
  const shell = useContext(ShellContext);
  if (shell === undefined) throw new Error("there is no shell around this component");
  return shell;
}

/** The value of a cell; draws the component again when it changes. */
export function useCell<T>(cell: Cell<T>): T {
  const [, setTurn] = useState(0);
  useEffect(() => {
    const seen = cell.value;
    const off = cell.listen(() => setTurn((turn) => turn + 1));
    // It may have changed between drawing and listening.
    if (!Object.is(seen, cell.value)) setTurn((turn) => turn + 1);
    return off;
  }, [cell]);
  return cell.value;
}
