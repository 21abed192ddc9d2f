import type { JSX } from "preact";
import { gradeOf, qualityWords, type Quality } from "../model/quality.ts";

/** How the way to somebody is: three bars, and in words. */
export function QualityBadge({ quality, isShort = false }: { readonly quality: Quality; readonly isShort?: boolean }): JSX.Element {
  const words = qualityWords(quality);
  return (
    <span class={`quality ${gradeOf(quality)}`} title={`The way to them: ${words}`}>
      <svg class="bars" viewBox="0 0 12 12" aria-hidden="true">
        <path d="M2 8v3" />
        <path d="M6 5v6" />
        <path d="M10 2v9" />
      </svg>
      <span>{isShort ? qualityWords({ ...quality, loss: undefined }) : words}</span>
    </span>
  );
}
