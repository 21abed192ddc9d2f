import { Component, createRef, type ComponentChildren, type JSX } from "preact";
import type { Chunk } from "../model/chunks.ts";
import { groupEntries } from "../model/groups.ts";
import { GroupView, type TalkContext } from "./lines.tsx";
import type { Nearness } from "./nearness.ts";
import { dayKey } from "./times.ts";

export interface ChunkViewProps {
  readonly chunk: Chunk;
  readonly context: TalkContext;
  readonly nearness: Nearness;
  /** Drawn from the beginning: it is in view. */
  readonly isFirstNear: boolean;
}

interface ChunkState {
  readonly isNear: boolean;
}

/** Height of a line that was never drawn, in pixels: only the scroll bar depends on it. */
const guessedPixels = 52;

/** Some lines of the log: drawn while they are near the window, else an empty place of their height. */
export class ChunkView extends Component<ChunkViewProps, ChunkState> {
  readonly #box = createRef<HTMLDivElement>();
  #height: number | undefined;
  override state: ChunkState = { isNear: this.props.isFirstNear };

  override componentDidMount(): void {
    if (this.#box.current === null) return;
    this.props.nearness.watch(this.#box.current, (isNear, height) => {
      if (!isNear && this.state.isNear) this.#height = height;
      this.setState({ isNear });
    });
  }

  override componentWillUnmount(): void {
    if (this.#box.current !== null) this.props.nearness.unwatch(this.#box.current);
  }

  override shouldComponentUpdate(next: ChunkViewProps, { isNear }: ChunkState): boolean {
    return next.chunk !== this.props.chunk || next.context !== this.props.context || isNear !== this.state.isNear;
  }

  override render({ chunk, context }: ChunkViewProps, { isNear }: ChunkState): JSX.Element {
    const height = this.#height ?? chunk.entries.length * guessedPixels;
    return (
      <div class="chunk" ref={this.#box} style={isNear ? undefined : { height: `${height}px` }}>
        {isNear && drawGroups(chunk, context)}
      </div>
    );
  }
}

function drawGroups({ entries, before }: Chunk, context: TalkContext): ComponentChildren {
  const groups = groupEntries(entries, { dayOf: dayKey, today: dayKey(Date.now()), before });
  return groups.map((group) => <GroupView key={group.key} group={group} context={context} />);
}
