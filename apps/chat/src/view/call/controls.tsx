import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { canShareScreen } from "../../call/media.ts";
import type { Own } from "../../call/state.ts";
import { IconButton } from "../icon-button.tsx";
import { useShell } from "../shell.ts";
import { DeviceChoice } from "./device-choice.tsx";

/** What somebody in the call can do. */
export function Controls({ own }: { readonly own: Own }): JSX.Element {
  const { call } = useShell();
  const [isChoosing, setChoosing] = useState(false);
  const isOn = own.microphone === "on";
  return (
    <>
      {isChoosing && <DeviceChoice />}
      <div class="controls" role="toolbar" aria-label="Call controls">
        <IconButton
          icon={isOn ? "microphone" : "microphone-off"}
          label={isOn ? "Mute the microphone" : "Unmute the microphone"}
          class={isOn ? "round" : "round off"}
          onClick={call.toggleMicrophone}
        />
        <IconButton
          icon={own.isCameraOn ? "camera" : "camera-off"}
          label={own.isCameraOn ? "Turn the camera off" : "Turn the camera on"}
          class={own.isCameraOn ? "round" : "round off"}
          onClick={call.toggleCamera}
        />
        {canShareScreen() && (
          <IconButton
            icon="screen"
            label={own.screen === undefined ? "Share the screen" : "Stop sharing the screen"}
            class={own.screen === undefined ? "round" : "round on"}
            onClick={call.toggleScreen}
          />
        )}
        <IconButton icon="settings" label="Devices" class="round" isExpanded={isChoosing} onClick={() => setChoosing(!isChoosing)} />
        <IconButton icon="hang-up" label="Hang up" class="round danger" onClick={() => void call.leave()} />
      </div>
    </>
  );
}
