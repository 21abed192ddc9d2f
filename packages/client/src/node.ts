export { onDuplex, openDuplex, toDuplex, type DuplexHandler, type DuplexOptions, type StreamContext } from "@peerloom/session/node";
