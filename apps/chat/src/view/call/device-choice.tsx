import type { JSX } from "preact";
import type { Choice } from "../../call/media.ts";
import { useCell, useShell } from "../shell.ts";

/** Which microphone, camera and speaker are used. */
export function DeviceChoice(): JSX.Element {
  const { call } = useShell();
  const { microphones, cameras, speakers } = useCell(call.devices);
  const choice = useCell(call.choice);
  const row = (name: string, key: keyof Choice, devices: readonly MediaDeviceInfo[]): JSX.Element | false =>
    devices.length > 0 && (
      <div key={key} class="device">
        <label for={`device-${key}`}>{name}</label>
        <select
          id={`device-${key}`}
          value={choice[key] ?? devices[0]?.deviceId}
          onChange={(event) => call.choose({ [key]: event.currentTarget.value })}
        >
          {devices.map(({ deviceId, label }, at) => (
            <option key={deviceId} value={deviceId}>
              {label || `${name} ${at + 1}`}
            </option>
          ))}
        </select>
      </div>
    );
  return (
    <div class="devices" role="group" aria-label="Devices">
      {row("Microphone", "microphone", microphones)}
      {row("Camera", "camera", cameras)}
      {row("Speaker", "speaker", speakers)}
    </div>
  );
}
