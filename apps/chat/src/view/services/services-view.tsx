import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { samples } from "../../samples/samples.ts";
import { IconButton } from "../icon-button.tsx";
import { useCell, useShell } from "../shell.ts";
import { SampleCard } from "./sample-card.tsx";

/** The services that are offered here: those the page knows can be called and watched. */
export function ServicesView(): JSX.Element {
  const { services } = useShell();
  const close = useRef<HTMLButtonElement>(null);
  // Where it covers the page, the keyboard goes with it.
  useEffect(() => {
    if (matchMedia("(width < 64rem)").matches) close.current?.focus();
  }, []);
  const offered = useCell(services.offered);
  const known = samples.filter(({ service }) => offered.has(service));
  const others = [...offered].filter((name) => !samples.some(({ service }) => service === name)).toSorted();
  return (
    <aside class="services" aria-label="Services">
      <header>
        <h2>Services</h2>
        <IconButton icon="close" label="Close the services" buttonRef={close} onClick={() => services.setOpen(false)} />
      </header>
      <p class="about">
        Programs that anybody may offer, over the same connection as this chat. These live in the relay; the plots are live.
      </p>
      {known.map((sample) => (
        <SampleCard key={sample.service} sample={sample} />
      ))}
      {known.length === 0 && <p class="about">This relay offers none that this page knows.</p>}
      {others.length > 0 && (
        <>
          <h3>Also offered</h3>
          <ul class="about">
            {others.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </>
      )}
    </aside>
  );
}
