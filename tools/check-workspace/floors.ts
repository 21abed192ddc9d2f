/** The house: an arrow may only point to a lower floor. A new package is added here. */
export const floors: readonly (readonly string[])[] = [
  ["@peerloom/core", "@peerloom/protocol"],
  ["@peerloom/session", "@peerloom/services", "@peerloom/signaling"],
  [
    "@peerloom/server",
    "@peerloom/client",
    "@peerloom/encryption",
    "@peerloom/peer",
    "@peerloom/driver-nats",
    "@peerloom/driver-socketio",
    "@peerloom/rtc-node",
  ],
  ["@peerloom/direct", "@peerloom/cluster-redis", "@peerloom/app-chat-wire"],
  ["@peerloom/app-server", "@peerloom/app-chat", "@peerloom/app-terminal-chat", "@peerloom/examples", "@peerloom/bench"],
  // The tests of the whole use what the apps built.
  ["@peerloom/e2e"],
];

/** The arrows that stay on a floor. */
export const sideways: readonly string[] = ["@peerloom/protocol -> @peerloom/core"];
