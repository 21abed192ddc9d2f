import type { DirectMaker } from "@peerloom/core";
import { checkDirectOptions, type DirectOptions } from "./options.ts";
import { Paths } from "./paths.ts";

/**
 * Direct paths for a client of a relay: `connect(url, { direct: direct() })`. The relay carries the first messages at once; in the background
 * the two clients make a WebRTC connection, for which their session is the signaling, and packets take it as soon as it is up and for as
 * long as it works. One value may serve any number of clients.
 *
 * @throws TypeError, RangeError for wrong options; PeerloomError `NO_WEBRTC` where the platform has none and no `rtc` is given.
 */
export function direct(options: DirectOptions = {}): DirectMaker {
  const settings = checkDirectOptions(options);
  return { start: (host) => new Paths(host, settings) };
}
