import { PeerloomError } from "@peerloom/core";
import { checkMetadata, checkName, metadataBytes, type Metadata } from "@peerloom/protocol";
import type { RemotePeer } from "../events.ts";
import { CONTROL } from "../limits.ts";

/** How tracks of one kind are encoded; what is absent is up to the implementation. */
export interface TrackParameters {
  /** Bits per second at most. */
  readonly maxBitrate?: number;
  readonly maxFramerate?: number;
  readonly priority?: RTCPriorityType;
  readonly networkPriority?: RTCPriorityType;
  readonly scaleResolutionDownBy?: number;
  /** Simulcast: the encodings as they are given to `addTransceiver`. The other fields apply to each of them. */
  readonly encodings?: readonly RTCRtpEncodingParameters[];
}

export interface PublishOptions {
  /** Names the stream; publishing under it again replaces what was there. @defaultValue "default" */
  readonly label?: string;
  readonly stream: MediaStream;
  /** A JSON value of at most 4096 bytes that everyone who gets the stream sees. */
  readonly metadata?: Metadata;
  readonly audioParameters?: TrackParameters;
  readonly videoParameters?: TrackParameters;
  /** Who gets it: called for each peer, and again when its metadata changes. @defaultValue everyone */
  readonly filter?: (remote: RemotePeer) => boolean;
}

/** A track as it is published: `isMuted` ones are announced, and nothing of them is sent. */
export interface PublishedTrack {
  readonly track: MediaStreamTrack;
  readonly isMuted: boolean;
}

/** A stream as it is published. Replaced as a whole when something of it changes. */
export interface Publication {
  readonly label: string;
  readonly stream: MediaStream;
  readonly metadata: Metadata | undefined;
  readonly audioParameters: TrackParameters;
  readonly videoParameters: TrackParameters;
  readonly filter: ((remote: RemotePeer) => boolean) | undefined;
  readonly tracks: readonly PublishedTrack[];
}

/** Checks what the application gives. @throws TypeError for a stream without tracks or wrong options, `TOO_LARGE` for large metadata. */
export function toPublication(options: PublishOptions, before: Publication | undefined): Publication {
  const { stream, metadata, audioParameters = {}, videoParameters = {}, filter } = options;
  const label = checkName(options.label ?? "default", "a stream's label");
  if (typeof stream?.getTracks !== "function") throw new TypeError("publish needs a stream: a MediaStream with tracks");
  const tracks = stream.getTracks().filter((track) => track.readyState !== "ended");
  if (tracks.length === 0) throw new TypeError("publish needs a stream with at least one track that has not ended");
  if (tracks.length > CONTROL.maxTracks)
    throw new PeerloomError("LIMIT", `a stream of ${tracks.length} tracks is more than ${CONTROL.maxTracks}`);
  if (metadataBytes(checkMetadata(metadata)) > CONTROL.maxMetadataBytes)
    throw new PeerloomError("TOO_LARGE", `metadata of ${metadataBytes(metadata)} bytes is more than ${CONTROL.maxMetadataBytes}`);
  const wasMuted = new Map(before?.tracks.map(({ track, isMuted }) => [track, isMuted]));
  return {
    label,
    stream,
    metadata,
    audioParameters,
    videoParameters,
    filter,
    tracks: tracks.map((track) => ({ track, isMuted: wasMuted.get(track) ?? false })),
  };
}

/** The encodings of a track of this kind; undefined when all is left to the implementation. */
export function encodingsOf(publication: Publication, kind: string): RTCRtpEncodingParameters[] | undefined {
  const { encodings, ...common } = kind === "audio" ? publication.audioParameters : publication.videoParameters;
  if (encodings === undefined && Object.keys(common).length === 0) return undefined;
  return (encodings ?? [{}]).map((encoding) => ({ ...encoding, ...common }));
}
