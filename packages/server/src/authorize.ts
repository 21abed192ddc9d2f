import { PeerloomError } from "@peerloom/core";
import type { Core } from "./core.ts";
import type { Action } from "./hooks.ts";

/** Asks the `authorize` hook and needs the answer at once. Throwing and promises refuse. */
export function allowsNow(core: Core, action: Action): boolean {
  const { authorize } = core.settings;
  if (authorize === undefined) return true;
  try {
    const answer: unknown = authorize(stamped(core, action));
    if (answer instanceof Promise) {
      answer.catch(() => {});
      core.failed(new TypeError(`authorize must answer at once for "${action.type}", but returned a promise`));
    }
    return answer === true;
  } catch (thrown) {
    core.failed(thrown);
    return false;
  }
}

/** Asks the `authorize` hook, which may take its time. @throws PeerloomError `FORBIDDEN` when it does not say yes. */
export async function mustAllow(core: Core, action: Action): Promise<void> {
  const { authorize } = core.settings;
  if (authorize === undefined) return;
  let answer: unknown = false;
  try {
    answer = await authorize(stamped(core, action));
  } catch (thrown) {
    core.failed(thrown);
  }
  if (answer !== true) throw new PeerloomError("FORBIDDEN", `this relay does not allow ${action.type} here`);
}

/** Says whose name space it is about. */
function stamped({ tenant }: Core, action: Action): Action {
  return tenant === undefined ? action : { ...action, tenant };
}
