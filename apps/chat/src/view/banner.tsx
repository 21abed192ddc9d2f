import type { JSX } from "preact";
import { Icon } from "./icon.tsx";

/** Says what happens while the connection is down. Always there, so that screen readers hear it change. */
export function Banner({ isOnline }: { readonly isOnline: boolean }): JSX.Element {
  return (
    <div class="banner" role="status">
      {!isOnline && (
        <p>
          <Icon name="alert" />
          <span>Connection lost. What you write is kept and sent when it is back.</span>
        </p>
      )}
    </div>
  );
}
