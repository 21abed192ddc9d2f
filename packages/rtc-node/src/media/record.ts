import type { MediaStreamTrack, RTCRtpReceiver } from "werift";
import { MediaRecorder } from "werift/nonstandard";

/** A track as the connection's `track` event tells it; with its receiver, the remote is asked for a whole picture to begin with. */
export interface ReceivedTrack {
  readonly track: object;
  readonly receiver?: object;
}

export interface Recording extends AsyncDisposable {
  /** Resolves when the file is whole. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Writes what remotes publish to a WebM file, as it was encoded: VP8, VP9, H.264 or AV1, and Opus. The file is there from the first
 * frame on and plays once it is stopped. Of each kind one track.
 */
export function recordTracks(
  tracks: readonly ReceivedTrack[],
  path: string,
  { width = 640, height = 480 }: { readonly width?: number; readonly height?: number } = {},
): Recording {
  if (!path.endsWith(".webm")) throw new TypeError(`${path} does not end in .webm`);
  // Times are those of the packets. The clocks of the sender, by which werift would bind picture and sound, are told seconds later only,
  // and what comes before would be missing.
  const clocks = { disableNtp: true, disableLipSync: true };
  const recorder = new MediaRecorder({ path, width, height, ...clocks, tracks: tracks.map(({ track }) => track as MediaStreamTrack) });
  const failed = new Promise<never>((_, reject) => recorder.onError.subscribe(reject));
  failed.catch(() => {});
  for (const { track, receiver } of tracks) void askForPicture(track as MediaStreamTrack, receiver as RTCRtpReceiver | undefined);
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= Promise.race([recorder.stop(), failed]));
  return { stop, [Symbol.asyncDispose]: () => stop().catch(() => {}) };
}

/** A recording that begins in the middle shows nothing until the next whole picture, which may be long in coming. */
async function askForPicture(track: MediaStreamTrack, receiver: RTCRtpReceiver | undefined): Promise<void> {
  if (track.kind !== "video" || !receiver) return;
  if (track.ssrc === undefined) await track.onReceiveRtp.asPromise().catch(() => {});
  if (track.ssrc !== undefined) await receiver.sendRtcpPLI(track.ssrc).catch(() => {});
}
