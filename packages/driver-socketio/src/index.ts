export type { AnySocket } from "./any-socket.ts";
export { socketIoDriver, type SocketIoDriverOptions } from "./socket-io-driver.ts";
