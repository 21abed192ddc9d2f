/** What only a call needs: fetched when the first one is entered. */
export { socketIoDriver } from "@peerloom/driver-socketio";
export { Peer } from "@peerloom/peer";
