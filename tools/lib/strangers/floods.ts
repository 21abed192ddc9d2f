import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { dialTcp, frame, frameHeader, RawWebSocket, type Target } from "./raw-web-socket.ts";

/** What an attacker has done. */
export interface FloodReport {
  /** How often: handshakes, joins and leaves, packets, pings, half-open sockets, bodies. */
  sent: number;
  /** How often it wanted to: what it had for a connection that takes nothing more, or that it did not get, comes to nothing. */
  offered: number;
  /** Connections that the relay ended, or did not let in. */
  ended: number;
}

/** Attacks until the signal aborts; each at a pace many times over what a relay takes from one address, and from that address. */
type Flood = (target: Target, report: FloodReport, signal: AbortSignal) => Promise<void>;

const hundredMegabytes = 104_857_600;
const tickMs = 10;

/** Runs `step` each tick until it is over; late ticks are not made up for. */
async function everyTick(signal: AbortSignal, step: () => void): Promise<void> {
  while (!signal.aborted) {
    step();
    await pause(tickMs);
  }
}

/** What each of twenty sockets that were let in as clients does in each tick, and how much that is. */
interface Attack {
  readonly perTick: number;
  readonly act: (socket: RawWebSocket) => void;
}

async function withClients(target: Target, report: FloodReport, signal: AbortSignal, { perTick, act }: Attack): Promise<void> {
  const one = async (index: number): Promise<void> => {
    for (let attempt = 0; !signal.aborted; attempt++) {
      const socket = new RawWebSocket(target);
      const isIn = await socket.join({
        instance: `attacker-${process.pid}-${index}`,
        clientId: `attacker-${process.pid}-${index}-${attempt}`,
      });
      if (isIn) {
        await everyTick(AbortSignal.any([signal, onClose(socket.socket)]), () => {
          report.offered += perTick;
          if (socket.socket.writableLength >= 262_144) return;
          act(socket);
          report.sent += perTick;
        });
      }
      if (!isIn) report.offered += perTick;
      if (!signal.aborted) report.ended += 1;
      socket.destroy();
      await pause(100);
    }
  };
  await Promise.all(Array.from({ length: 20 }, (_, index) => one(index)));
}

/** 1,000 handshakes a second, each on a connection of its own, with an id of its own. */
const handshakes: Flood = async (target, report, signal) => {
  let open = 0;
  const attack = async (): Promise<void> => {
    open += 1;
    const socket = new RawWebSocket(target);
    const number = report.sent++;
    report.offered += 1;
    const isIn = await socket.join({ instance: `attacker-${number}`, clientId: `attacker-${process.pid}-${number}`, token: "guess" });
    if (!isIn) report.ended += 1;
    socket.destroy();
    open -= 1;
  };
  await everyTick(signal, () => {
    for (let index = 0; index < 10 && open < 500; index++) void attack();
  });
};

/** Bursts that differ, made beforehand: an attacker that spends its time on making them would be a small one. */
function bursts(packets: (serial: number) => readonly string[], perBurst: number): () => Buffer {
  const made = Array.from({ length: 100 }, (_, burst) =>
    Buffer.concat(Array.from({ length: perBurst }, (__, n) => packets(burst * perBurst + n).map((text) => frame(1, `4${text}`))).flat()),
  );
  let next = 0;
  return () => made[next++ % made.length] ?? Buffer.alloc(0);
}

/** 20,000 joins a second to rooms that nobody else has, and as many leaves. */
const joins: Flood = (target, report, signal) => {
  const burst = bursts((n) => {
    const room = `"room":"room-${n}"`;
    return [`2/peerloom,${n}["control",{"type":"join",${room},"head":1}]`, `2/peerloom,${n}["control",{"type":"leave",${room}}]`];
  }, 10);
  return withClients(target, report, signal, { perTick: 20, act: (socket) => socket.write(burst()) });
};

/** 100,000 packets a second to ids that nobody has. */
const unknownIds: Flood = (target, report, signal) => {
  const burst = bursts((n) => [`2/peerloom,["p","nobody-${n}",${n},"x"]`], 50);
  return withClients(target, report, signal, { perTick: 50, act: (socket) => socket.write(burst()) });
};

/** 100,000 WebSocket pings a second. */
const pings: Flood = (target, report, signal) => {
  const burst = Buffer.concat(Array.from({ length: 50 }, () => frame(9, "ping")));
  return withClients(target, report, signal, { perTick: 50, act: (socket) => socket.write(burst) });
};

/** 3,000 connections that never end their request, each replaced when it is closed. */
const halfOpen: Flood = async (target, report, signal) => {
  let open = 0;
  await everyTick(signal, () => {
    for (let index = 0; index < 20 && open < 3000; index++) {
      const socket = dialTcp(target);
      socket.write("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nX-Slow: ");
      open += 1;
      report.offered += 1;
      report.sent += 1;
      socket.resume().once("close", () => {
        open -= 1;
        if (!signal.aborted) report.ended += 1;
      });
      signal.addEventListener("abort", () => socket.destroy(), { once: true });
    }
  });
};

/** Eight uploads of 100 MB at any time, as fast as they are taken: to a session, to no session, and as a WebSocket frame. */
const bodies: Flood = async (target, report, signal) => {
  const heads = ["/socket.io/?EIO=4&transport=polling", "/anything"].map((path) =>
    Buffer.from(`POST ${path} HTTP/1.1\r\nHost: relay\r\nContent-Length: ${hundredMegabytes}\r\n\r\n`),
  );
  const chunk = Buffer.alloc(65_536, "x");
  const one = async (index: number): Promise<void> => {
    while (!signal.aborted) {
      const isFrame = index % 3 === 2;
      const raw = isFrame ? new RawWebSocket(target) : undefined;
      const socket = raw?.socket ?? dialTcp(target);
      const end = AbortSignal.any([signal, onClose(socket)]);
      if (raw !== undefined) await raw.saw('0{"sid"');
      socket.resume().write(isFrame ? frameHeader(1, hundredMegabytes) : (heads[index % 3] ?? chunk));
      report.offered += 1;
      report.sent += 1;
      for (let bytes = 0; bytes < hundredMegabytes && !end.aborted; bytes += chunk.length) {
        if (!socket.write(chunk)) await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), aborted(end)]);
      }
      if (!signal.aborted) report.ended += 1;
      socket.destroy();
      await pause(tickMs);
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, index) => one(index)));
};

/** Aborts when the connection has ended. */
function onClose(socket: Socket): AbortSignal {
  const controller = new AbortController();
  if (socket.closed) controller.abort();
  else socket.once("close", () => controller.abort());
  return controller.signal;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

export const floods: Readonly<Record<FloodName, Flood>> = {
  handshakes,
  joins,
  "unknown-ids": unknownIds,
  pings,
  "half-open": halfOpen,
  bodies,
};

export type FloodName = "handshakes" | "joins" | "unknown-ids" | "pings" | "half-open" | "bodies";

export const floodNames: readonly FloodName[] = ["handshakes", "joins", "unknown-ids", "pings", "half-open", "bodies"];
