import type { AdminState, Visitor } from "../state.ts";
import { element, showRows, textElement } from "./element.ts";
import { bytes, chartLine, duration } from "./format.ts";

const chart = { width: 240, height: 48 };

/** Shows how things are. */
export function show(state: AdminState): void {
  const { counts, load, history } = state;
  showTiles([
    ["Here", String(counts.clients.here)],
    ["Away", String(counts.clients.away)],
    ["Rooms", String(counts.rooms)],
    ["Services", String(counts.services)],
    ["Topics", String(counts.topics)],
    ["Plain signaling", String(state.plain)],
    ["Packets a second", String(load.packets)],
    ["Bytes a second", bytes(load.bytes)],
    ["Processor", `${load.cpu} %`],
    ["Memory", `${load.memoryMiB} MiB`],
    ["Connections", String(counts.connections)],
    ["Up for", duration(state.seconds)],
  ]);
  const draw = (id: string, values: readonly number[]): void =>
    element<SVGElement>(id).querySelector("path")?.setAttribute("d", chartLine(values, chart));
  draw(
    "packets-chart",
    history.map(({ packets }) => packets),
  );
  draw(
    "cpu-chart",
    history.map(({ cpu }) => cpu),
  );
  showPaths(counts.paths);
  showRows("visitors", state.visitors.map(toRow), counts.clients.here + counts.clients.away);
  showRows(
    "rooms",
    state.rooms.map(({ name, members }) => [name, String(members)]),
    counts.rooms,
  );
  showRows(
    "services",
    state.services.map(({ name, providers }) => [name, String(providers)]),
    counts.services,
  );
  showRows(
    "topics",
    state.topics.map(({ service, topic, publishers, subscribers }) => [`${service} / ${topic}`, String(publishers), String(subscribers)]),
    counts.topics,
  );
  showRows(
    "refused",
    Object.entries(counts.refused).map(([code, times]) => [code, String(times)]),
  );
}

function showTiles(tiles: readonly (readonly [name: string, value: string])[]): void {
  const made = tiles.map(([name, value]) => {
    const tile = document.createElement("div");
    tile.append(textElement("dt", name), textElement("dd", value));
    return tile;
  });
  element("tiles").replaceChildren(...made);
}

/** Each end of a path tells of it. */
function showPaths({ direct, relayed }: AdminState["counts"]["paths"]): void {
  const all = direct + relayed;
  element("paths-text").textContent =
    all === 0 ? "Paths, as clients tell: none yet" : `Paths, as clients tell: ${direct} direct, ${relayed} by the relay`;
  element<SVGElement>("paths-chart").classList.toggle("empty", all === 0);
  element<SVGElement>("paths-chart")
    .querySelector(".direct")
    ?.setAttribute("width", String(all === 0 ? 0 : (direct / all) * chart.width));
}

function toRow({ id, name, state, address, seconds, rooms, services, subscriptions, paths }: Visitor): string[] {
  const told = paths === undefined ? "" : `${paths.direct} direct, ${paths.relayed} relay`;
  return [id, name ?? "", state, address ?? "", duration(seconds), String(rooms), String(services), String(subscriptions), told];
}
