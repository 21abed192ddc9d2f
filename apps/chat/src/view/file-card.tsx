import { inBytes, type FileOffer } from "@peerloom/app-chat-wire";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { keyOfLine, type Said } from "../model/line.ts";
import { isPicture, type Transfer } from "../model/transfer.ts";
import { IconButton } from "./icon-button.tsx";
import { Icon } from "./icon.tsx";
import { OwnFileNote } from "./own-file-note.tsx";
import { useCell, useShell } from "./shell.ts";

/** A file that came with a line: how far it is, and what can be done. */
export function FileCard({ line, file }: { readonly line: Said; readonly file: FileOffer }): JSX.Element {
  return line.delivery === undefined ? <TheirFile line={line} file={file} /> : <OwnFile line={line} file={file} />;
}

function TheirFile({ line, file }: { readonly line: Said; readonly file: FileOffer }): JSX.Element {
  const { fetches } = useShell();
  const transfer = useCell(fetches.cells.at(keyOfLine(line)));
  useEffect(() => {
    if (isPicture(file.type)) fetches.startByItself(line, file);
  }, [keyOfLine(line)]);

  if (transfer.at === "here" && isPicture(file.type)) return <Picture url={transfer.url} name={file.name} />;
  const fraction = transfer.at === "offered" || transfer.at === "here" ? undefined : transfer.done / Math.max(1, file.size);
  return (
    <div class="file" data-file={transfer.at}>
      <Icon name="file" />
      <div class="who">
        <span class="name">{file.name}</span>
        <span class="about">{transferWords(transfer, file)}</span>
        {fraction !== undefined && <progress value={fraction} max={1} aria-label={`${file.name}, as far as it has come`} />}
      </div>
      {transfer.at === "here" && (
        <a class="button quiet" href={transfer.url} download={file.name} aria-label={`Save ${file.name}`} title="Save">
          <Icon name="download" />
        </a>
      )}
      {transfer.at === "offered" && <IconButton icon="download" label={`Get ${file.name}`} onClick={() => fetches.start(line, file)} />}
      {(transfer.at === "fetching" || transfer.at === "waiting") && (
        <IconButton icon="pause" label={`Pause ${file.name}`} onClick={() => fetches.pause(line)} />
      )}
      {(transfer.at === "paused" || transfer.at === "broken") && (
        <IconButton icon="play" label={`Go on with ${file.name}`} onClick={() => fetches.start(line, file)} />
      )}
      {fraction !== undefined && <IconButton icon="close" label={`Cancel ${file.name}`} onClick={() => fetches.cancel(line)} />}
    </div>
  );
}

function OwnFile({ line, file }: { readonly line: Said; readonly file: FileOffer }): JSX.Element {
  const { offers } = useShell();
  const offer = useCell(offers.cells.at(line.id));
  const own = offers.fileOf(line.id);
  const url = useMemo(() => (own !== undefined && isPicture(own.type) ? URL.createObjectURL(own) : undefined), [own]);
  useEffect(() => () => (url === undefined ? undefined : URL.revokeObjectURL(url)), [url]);
  const isOffered = own !== undefined && !offer.isWithdrawn;
  return (
    <>
      {url !== undefined && <Picture url={url} name={file.name} />}
      <div class="file" data-file={isOffered ? "own" : "over"}>
        {url === undefined && <Icon name="file" />}
        <div class="who">
          <span class="name">{file.name}</span>
          <OwnFileNote offer={offer} size={file.size} isOffered={isOffered} />
        </div>
        {isOffered && <IconButton icon="close" label={`Offer ${file.name} no longer`} onClick={() => offers.withdraw(line.id)} />}
      </div>
    </>
  );
}

function Picture({ url, name }: { readonly url: string; readonly name: string }): JSX.Element {
  return (
    <a class="picture" href={url} download={name} title={`Save ${name}`}>
      <img src={url} alt={name} loading="lazy" />
    </a>
  );
}

function transferWords(transfer: Transfer, { size }: FileOffer): string {
  const percent = (done: number): string => `${Math.floor((done / Math.max(1, size)) * 100)} % of ${inBytes(size)}`;
  switch (transfer.at) {
    case "offered":
      return inBytes(size);
    case "fetching":
      return transfer.bytesPerSecond > 0 ? `${percent(transfer.done)} · ${inBytes(transfer.bytesPerSecond)}/s` : percent(transfer.done);
    case "paused":
      return `Paused · ${percent(transfer.done)}`;
    case "waiting":
      return `Goes on when its owner is back · ${percent(transfer.done)}`;
    case "broken":
      return transfer.why;
    case "here":
      return `${inBytes(size)} · here`;
  }
}
