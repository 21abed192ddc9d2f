declare module "simple-peer/simplepeer.min.js" {
  const SimplePeer: new (options: object) => import("./simple-peer.ts").SimplePeerLike;
  export = SimplePeer;
}
