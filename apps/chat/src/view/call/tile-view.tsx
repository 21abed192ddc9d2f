import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Tile } from "../../call/state.ts";
import { Avatar } from "../avatar.tsx";
import { Icon } from "../icon.tsx";
import { QualityBadge } from "../quality-badge.tsx";
import { useCell, useShell } from "../shell.ts";

export interface TileViewProps {
  readonly id: string;
  readonly name: string;
  readonly stream: MediaStream | undefined;
  readonly kind: "camera" | "screen" | "own" | "own-screen";
  readonly hasVideo?: boolean;
  readonly isMuted?: boolean;
  readonly isSpeaking?: boolean;
  readonly state?: Tile["state"];
}

const stateWords = { connecting: "connecting…", disconnected: "connecting again…" } as const;

/** One camera or one screen of the call. */
export function TileView(props: TileViewProps): JSX.Element {
  const { id, name, stream, kind, hasVideo = true, isMuted = false, isSpeaking = false, state = "connected" } = props;
  const { call } = useShell();
  const quality = useCell(call.qualities.at(id));
  const isOther = kind === "camera" || kind === "screen";
  return (
    <figure class={`tile ${kind} ${isSpeaking ? "speaking" : ""}`} data-state={state}>
      <Video id={id} stream={stream} isSilent={!isOther} isHidden={!hasVideo} />
      {!hasVideo && <Avatar id={id} name={name} />}
      <figcaption>
        {isMuted && (
          <span class="muted">
            <Icon name="microphone-off" />
            <span class="unseen">muted, </span>
          </span>
        )}
        <span class="name">{name}</span>
        {isSpeaking && <span class="unseen">speaks</span>}
        {state !== "connected" && <span class="about">{stateWords[state]}</span>}
        {kind === "camera" && quality !== undefined && state === "connected" && <QualityBadge quality={quality} />}
      </figcaption>
      {kind === "camera" && <Volume id={id} name={name} />}
    </figure>
  );
}

interface VideoProps {
  readonly id: string;
  readonly stream: MediaStream | undefined;
  readonly isSilent: boolean;
  readonly isHidden: boolean;
}

/** Plays a stream; also one without a picture, for its sound. */
function Video({ id, stream, isSilent, isHidden }: VideoProps): JSX.Element {
  const { call } = useShell();
  const video = useRef<HTMLVideoElement>(null);
  const volume = useCell(call.volumes.at(id));
  const { speaker } = useCell(call.choice);
  useEffect(() => {
    const { current } = video;
    if (current === null) return;
    current.srcObject = stream ?? null;
    // A page that was never touched may not play sound; the click that entered the call has touched it.
    if (stream !== undefined) void current.play().catch(() => {});
  }, [stream]);
  useEffect(() => {
    if (video.current !== null) video.current.volume = volume;
  }, [volume]);
  useEffect(() => {
    // Not every browser lets a page choose.
    if (!isSilent && speaker !== undefined && video.current !== null && "setSinkId" in video.current)
      void video.current.setSinkId(speaker).catch(() => {});
  }, [speaker, isSilent]);
  return <video ref={video} autoplay playsInline muted={isSilent} hidden={isHidden} />;
}

function Volume({ id, name }: { readonly id: string; readonly name: string }): JSX.Element {
  const { call } = useShell();
  const cell = call.volumes.at(id);
  const volume = useCell(cell);
  return (
    <label class="volume" title={`How loud ${name} is here`}>
      <Icon name="volume" />
      <input
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={volume}
        aria-label={`Volume of ${name}`}
        onInput={(event) => cell.set(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}
