import type { Quality } from "../model/quality.ts";

/** One person in the call. */
export interface Tile {
  readonly id: string;
  readonly state: "connecting" | "connected" | "disconnected";
  readonly camera: MediaStream | undefined;
  readonly screen: MediaStream | undefined;
  readonly hasVideo: boolean;
  readonly isMuted: boolean;
}

/** What this page sends. */
export interface Own {
  readonly camera: MediaStream | undefined;
  readonly screen: MediaStream | undefined;
  readonly microphone: "on" | "off" | "none";
  readonly isCameraOn: boolean;
}

export interface Devices {
  readonly microphones: readonly MediaDeviceInfo[];
  readonly cameras: readonly MediaDeviceInfo[];
  readonly speakers: readonly MediaDeviceInfo[];
}

export type CallState =
  | { readonly at: "idle"; readonly problem?: string | undefined }
  | { readonly at: "entering" }
  | { readonly at: "in"; readonly own: Own; readonly tiles: readonly Tile[]; readonly problem?: string | undefined };

/** What is known of a remote peer and its streams; the peer library's own objects fit. */
export interface RemoteView {
  readonly id: string;
  readonly state: string;
  readonly streams: readonly {
    readonly label: string;
    readonly stream: MediaStream | undefined;
    readonly tracks: readonly { readonly kind: string; readonly isMuted: boolean }[];
  }[];
}

export const labels = { camera: "camera", screen: "screen" } as const;

/** The tiles of those who are in the call. */
export function toTiles(remotes: readonly RemoteView[]): Tile[] {
  return remotes
    .filter(({ state }) => state !== "closed" && state !== "failed")
    .map(({ id, state, streams }) => {
      const camera = streams.find(({ label }) => label === labels.camera);
      const isSent = (kind: string): boolean => camera?.tracks.some((track) => track.kind === kind && !track.isMuted) ?? false;
      return {
        id,
        state: state === "connected" || state === "disconnected" ? state : "connecting",
        camera: camera?.stream,
        screen: streams.find(({ label }) => label === labels.screen)?.stream,
        hasVideo: isSent("video"),
        isMuted: !isSent("audio"),
      };
    });
}

/** How a pair of the call is, from what its statistics say. */
export function toQuality(stats: {
  readonly path: string;
  readonly roundTripMs: number | undefined;
  readonly lossReceived: number | undefined;
  readonly lossSent: number | undefined;
}): Quality {
  const losses = [stats.lossReceived, stats.lossSent].filter((loss) => loss !== undefined);
  return {
    path: stats.path === "relay" ? "relay" : "direct",
    roundTripMs: stats.roundTripMs,
    loss: losses.length === 0 ? undefined : Math.max(...losses),
  };
}

/** Why no camera or microphone can be used, in words. */
export function mediaWords(thrown: unknown): string {
  const name = thrown instanceof Error ? thrown.name : "";
  if (name === "NotAllowedError") return "The browser does not let this page use camera and microphone.";
  if (name === "NotFoundError") return "There is no camera or microphone.";
  if (name === "NotReadableError") return "Another program uses the camera or microphone.";
  return "Camera and microphone cannot be used here.";
}
