import type { Devices } from "./state.ts";

/** Which devices somebody chose; undefined is the system's choice. */
export interface Choice {
  readonly microphone?: string | undefined;
  readonly camera?: string | undefined;
  readonly speaker?: string | undefined;
}

const video: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 24, max: 30 } };
const audio: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** Opens the microphone. Rejects as `getUserMedia` does. */
export async function openMicrophone({ microphone }: Choice): Promise<MediaStreamTrack | undefined> {
  const stream = await getMedia({ audio: microphone === undefined ? audio : { ...audio, deviceId: { exact: microphone } } });
  return stream.getAudioTracks()[0];
}

/** Opens the camera. Rejects as `getUserMedia` does. */
export async function openCamera({ camera }: Choice): Promise<MediaStreamTrack | undefined> {
  const stream = await getMedia({ video: camera === undefined ? video : { ...video, deviceId: { exact: camera } } });
  return stream.getVideoTracks()[0];
}

/** Asks which screen, window or tab to show; undefined when somebody thought better of it. */
export async function openScreen(): Promise<MediaStream | undefined> {
  try {
    return await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: true });
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === "NotAllowedError") return undefined;
    throw thrown;
  }
}

export function canShareScreen(): boolean {
  // Old and insecure pages have none.
  return typeof (navigator.mediaDevices as MediaDevices | undefined)?.getDisplayMedia === "function";
}

export async function listDevices(): Promise<Devices> {
  const all = await navigator.mediaDevices.enumerateDevices();
  const of = (kind: MediaDeviceKind): MediaDeviceInfo[] => all.filter((device) => device.kind === kind && device.deviceId !== "");
  return { microphones: of("audioinput"), cameras: of("videoinput"), speakers: of("audiooutput") };
}

async function getMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) throw new DOMException("this page does not come over https", "NotAllowedError");
  return devices.getUserMedia(constraints);
}
