declare module "simple-peer/simplepeer.min.js" {
  import type { SimplePeerLike } from "./simple-peer.ts";
  const SimplePeer: new (options: object) => SimplePeerLike;
  export = SimplePeer;
}
