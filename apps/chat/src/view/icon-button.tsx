import type { JSX, RefObject } from "preact";
import { Icon, type IconName } from "./icon.tsx";

export interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
  readonly class?: string;
  /** For a button that stays pressed. */
  readonly isPressed?: boolean | undefined;
  /** For a button that shows and hides something. */
  readonly isExpanded?: boolean | undefined;
  readonly isDisabled?: boolean;
  readonly buttonRef?: RefObject<HTMLButtonElement | null>;
}

/** A button that is only a picture; its label is said and shown by the browser. */
export function IconButton({
  icon,
  label,
  onClick,
  isPressed,
  isExpanded,
  isDisabled = false,
  buttonRef,
  ...more
}: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      {...(buttonRef && { ref: buttonRef })}
      class={more.class ?? "quiet"}
      aria-label={label}
      aria-pressed={isPressed}
      aria-expanded={isExpanded}
      title={label}
      disabled={isDisabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
