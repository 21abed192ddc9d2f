import { io } from "socket.io-client";
import type { PlainSignaling, PlainSignalingOptions, RelayServer } from "../../src/index.ts";
import { RawClient, startRelay } from "../support.ts";

export interface Scene extends AsyncDisposable {
  readonly relay: RelayServer;
  readonly plain: PlainSignaling;
  readonly url: string;
  /** A front end that has connected. */
  connect(): Promise<FrontEnd>;
}

/** A relay that serves plain front ends. */
export async function startPlain(plainSignaling: PlainSignalingOptions = {}): Promise<Scene> {
  const server = await startRelay({ plainSignaling });
  const { plainSignaling: plain } = server.relay;
  if (plain === undefined) throw new Error("the option was ignored");
  return { ...server, plain, connect: () => connectPlain(server.url) };
}

/** socket.io-client as a web page uses it. */
export class FrontEnd extends RawClient {
  get id(): string {
    return this.socket.id ?? "";
  }

  emit(event: string, ...args: unknown[]): void {
    this.socket.emit(event, ...args);
  }

  /** Joins a room and waits until the relay has answered. */
  async join(roomId: string): Promise<void> {
    const reply: unknown = await this.socket.emitWithAck("join room", roomId);
    if ((reply as { ok: boolean }).ok !== true) throw new Error(JSON.stringify(reply));
  }

  /** Resolves when the relay has handled what was sent before. */
  override async settled(): Promise<void> {
    await this.socket.emitWithAck("leave room", "no such room");
  }

  /** The code with which the relay refuses. */
  async refusal(event: string, ...args: unknown[]): Promise<string> {
    const reply = (await this.socket.emitWithAck(event, ...args)) as { readonly error?: { readonly code: string } };
    return reply.error?.code ?? "not refused";
  }
}

export async function connectPlain(url: string, options: object = {}): Promise<FrontEnd> {
  const client = new FrontEnd(io(url, { forceNew: true, reconnection: false, transports: ["websocket"], ...options }));
  await new Promise<void>((resolve, reject) => {
    client.socket.once("connect", resolve);
    client.socket.once("connect_error", reject);
  });
  return client;
}

export const offer = { type: "offer", sdp: "v=0\r\n" } as const;
export const answer = { type: "answer", sdp: "v=0\r\n" } as const;
export const candidate = (n: number): { candidate: string; sdpMid: string; sdpMLineIndex: number } => ({
  candidate: `candidate:${n}`,
  sdpMid: "0",
  sdpMLineIndex: 0,
});
