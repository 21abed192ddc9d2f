import { browserBackend } from "@peerloom/peer/link";
import { talk, type SideOptions, type SideOrder, type SideReport } from "../support/direct-side.ts";

/** What the test gives the page, and what the page gives the test. */
export interface DirectPage {
  reportToTest: (report: SideReport) => void;
  begin: (options: SideOptions) => Promise<void>;
  order: (order: SideOrder) => void;
}

/** One side of a long talk in a page. */
const page = globalThis as unknown as DirectPage;
const listeners: ((order: SideOrder) => void)[] = [];
page.order = (order) => {
  for (const listener of listeners) listener(order);
};
page.begin = async (options) => {
  const rtc = browserBackend();
  if (rtc === undefined) throw new Error("this browser has no WebRTC");
  await talk({ ...options, rtc, report: (report) => page.reportToTest(report), onOrder: (listener) => void listeners.push(listener) });
};
