import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";

/** How long it is said that the connection is back, in milliseconds. */
const backMs = 2500;

/** Says what happens while the connection is down, and how much waits. Always there, so that screen readers hear it change. */
export function Banner({ isOnline, waiting }: { readonly isOnline: boolean; readonly waiting: number }): JSX.Element {
  const wasOnline = useRef(isOnline);
  const [isBack, setBack] = useState(false);
  useEffect(() => {
    const isReturn = isOnline && !wasOnline.current;
    wasOnline.current = isOnline;
    setBack(isReturn);
    if (!isReturn) return undefined;
    const timer = setTimeout(() => setBack(false), backMs);
    return () => clearTimeout(timer);
  }, [isOnline]);
  return (
    <div class="banner" role="status">
      {!isOnline && (
        <p>
          <Icon name="alert" />
          <span>
            <span>Connection lost. What you write is kept and sent when it is back.</span>
            {waiting > 0 && <strong> {waiting === 1 ? "One message waits." : `${waiting} messages wait.`}</strong>}
          </span>
        </p>
      )}
      {isOnline && isBack && (
        <p class="back">
          <Icon name="check" />
          <span>Connected again.</span>
        </p>
      )}
    </div>
  );
}
