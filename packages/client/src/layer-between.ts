import type { Layer, LayerHost, LayerMaker } from "@peerloom/core";

export interface LayerBetween extends Omit<LayerHost, "above"> {
  readonly maker: LayerMaker | undefined;
  /** The endpoint, which does not exist yet: it sends by the layer, which tells it what comes. */
  readonly above: () => LayerHost["above"];
}

/** What stands between an endpoint and its paths, if anything does. */
export function layerBetween({ maker, above, ...host }: LayerBetween): Layer | undefined {
  return maker?.createLayer({
    ...host,
    get above() {
      return above();
    },
  });
}
