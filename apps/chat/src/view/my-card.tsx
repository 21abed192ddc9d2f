import { statuses, type Status } from "@peerloom/app-chat-wire";
import type { JSX } from "preact";
import { Avatar } from "./avatar.tsx";
import { useShell } from "./shell.ts";

export interface MyCardProps {
  readonly me: string;
  readonly name: string;
  readonly status: Status;
  readonly isOnline: boolean;
}

const words: Readonly<Record<Status, string>> = { here: "Here", busy: "Busy", away: "Not at the keyboard" };

/** Who one is, and what one says about oneself. */
export function MyCard({ me, name, status, isOnline }: MyCardProps): JSX.Element {
  const { actions } = useShell();
  return (
    <div class="me">
      <Avatar id={me} name={name} presence={isOnline ? "here" : "away"} status={status} />
      <span class="who">
        <span class="name">{name}</span>
        <select
          class="status"
          aria-label="Your status"
          value={status}
          onChange={(event) => actions.status(statuses.find((known) => known === event.currentTarget.value) ?? "here")}
        >
          {statuses.map((known) => (
            <option key={known} value={known}>
              {words[known]}
            </option>
          ))}
        </select>
      </span>
    </div>
  );
}
