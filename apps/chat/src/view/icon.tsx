import type { JSX } from "preact";

/** Strokes on a grid of 24. */
const paths = {
  alert: "M12 8v5m0 3.5v.01M10.3 4 2.6 17.5A2 2 0 0 0 4.3 20.5h15.4a2 2 0 0 0 1.7-3L13.7 4a2 2 0 0 0-3.4 0Z",
  attach: "m20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4L14.5 7",
  camera: "M4.5 6.5h9A1.5 1.5 0 0 1 15 8v8a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 3 16V8a1.5 1.5 0 0 1 1.5-1.5ZM15 11l6-3.5v9L15 13",
  "camera-off":
    "M15 12V8a1.5 1.5 0 0 0-1.5-1.5H9M15 11l6-3.5v9L17 14M3.5 7.2A1.5 1.5 0 0 0 3 8v8a1.5 1.5 0 0 0 1.5 1.5h9a1.5 1.5 0 0 0 1-.4M3 3l18 18",
  check: "m5 12.5 4.5 4.5L19 7.5",
  checks: "m2.5 12.5 4.5 4.5L16 7.5M12 16.5l.5.5L22 7.5",
  close: "M6 6l12 12M18 6 6 18",
  down: "M12 5v14m6-6-6 6-6-6",
  download: "M12 4v11m5-5-5 5-5-5M5 20h14",
  file: "M14 3H7a1.5 1.5 0 0 0-1.5 1.5v15A1.5 1.5 0 0 0 7 21h10a1.5 1.5 0 0 0 1.5-1.5V7.5L14 3Zm0 0v4.5h4.5",
  "hang-up":
    "M3 14.5c0-2.5 4-5 9-5s9 2.5 9 5c0 1.2-.3 2-1.2 2-1.3 0-3.3-.5-4.3-1-.5-.3-.5-1-.5-2.5-2-.7-4-.7-6 0 0 1.5 0 2.2-.5 2.5-1 .5-3 1-4.3 1-.9 0-1.2-.8-1.2-2Z",
  leave: "M9 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h3m7-4 4-4-4-4m4 4H10",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.2 1.2M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.2-1.2",
  lock: "M7.5 11V8a4.5 4.5 0 0 1 9 0v3M6.5 11h11a1.5 1.5 0 0 1 1.5 1.5v6a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5 18.5v-6A1.5 1.5 0 0 1 6.5 11Z",
  microphone: "M12 3.5a2.7 2.7 0 0 0-2.7 2.7v5.3a2.7 2.7 0 0 0 5.4 0V6.2A2.7 2.7 0 0 0 12 3.5ZM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  "microphone-off":
    "M14.7 9V6.2a2.7 2.7 0 0 0-5-1.4M9.3 9.3v2.2a2.7 2.7 0 0 0 4 2.3M5.5 11.5a6.5 6.5 0 0 0 10.5 5.100m2-2.600a6.5 6.5 0 0 0 .5-2.5M12 18v3M3 3l18 18",
  pause: "M8.5 5.5v13m7-13v13",
  people:
    "M16 20v-1.5a3.5 3.5 0 0 0-3.5-3.5h-5A3.5 3.5 0 0 0 4 18.5V20M10 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM20 20v-1.5a3.5 3.5 0 0 0-2.6-3.4M15.5 4.7a3.5 3.5 0 0 1 0 6.7",
  play: "M8 5.5v13l10.5-6.5L8 5.5Z",
  reply: "M10 6 4.5 11.5 10 17m-5-5.5h8a6 6 0 0 1 6 6v1",
  screen:
    "M4.5 5h15A1.5 1.5 0 0 1 21 6.5v8a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 14.5v-8A1.5 1.5 0 0 1 4.5 5ZM12 16v4m-4 0h8M12 13V8m-2.5 2L12 7.7l2.5 2.3",
  send: "M4.5 12 20 4.5 14.5 20l-3-6.5-7-1.5Zm7 1.5L20 4.5",
  services: "M4 18.5 9 11l4 4 6.5-9.5M4 4v16h16",
  settings: "M4 7h9m5 0h2M4 17h2m5 0h9M15.5 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM8.5 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
  smile: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM8.5 14a4 4 0 0 0 7 0M9 9.5v.01m6-.01v.01",
  volume: "M4.5 9.5v5H8l4.5 4v-13L8 9.5H4.5Zm11.5 0a3.5 3.5 0 0 1 0 5m2.5-7.5a7 7 0 0 1 0 10",
} as const;

export type IconName = keyof typeof paths;

/** A picture beside words or a label, so it says nothing itself. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

/** Two threads crossing two. */
export function Logo(): JSX.Element {
  return (
    <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
      <path class="weft" d="M2 8.5h20M2 15.5h20" />
      <path class="warp" d="M8.5 2v4.2m0 4.6V22M15.5 2v11.2m0 4.6V22" />
    </svg>
  );
}
