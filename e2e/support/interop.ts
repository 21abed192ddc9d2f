/** What one end of `play` needs of its surroundings. */
export interface Surroundings {
  readonly RTCPeerConnection: typeof RTCPeerConnection;
  /** Carries a message to the other end. */
  readonly send: (message: string) => void;
  /** Takes those of the other end; called once. */
  readonly onMessage: (listener: (message: string) => void) => void;
  readonly chunkBytes: number;
  readonly highWaterBytes: number;
  readonly lowWaterBytes: number;
}

/** What came of it. */
export interface Outcome {
  readonly greeting: string;
  /** Bytes received by channel, and whether each was the one expected. */
  readonly received: Record<string, number>;
  readonly isIntact: boolean;
  readonly bulk: { readonly label: string; readonly protocol: string };
  /** How each channel ended here. */
  readonly ends: readonly string[];
}

/**
 * One end of a meeting of two implementations: a negotiated channel and one in band, a mebibyte through each in both directions, then the
 * channel and the connection are closed by who offered and seen by who answered. It runs in pages too, so it uses nothing from outside.
 */
export async function play(role: "offers" | "answers", around: Surroundings): Promise<Outcome> {
  const total = 1024 * 1024;
  const pc = new around.RTCPeerConnection({ iceServers: [] });
  const opened = (channel: RTCDataChannel): Promise<unknown> =>
    channel.readyState === "open" ? Promise.resolve() : new Promise((resolve) => channel.addEventListener("open", resolve, { once: true }));
  const closed = (channel: RTCDataChannel): Promise<unknown> =>
    channel.readyState === "closed"
      ? Promise.resolve()
      : new Promise((resolve) => channel.addEventListener("close", resolve, { once: true }));

  // One message at a time; the candidates of the other wait for its description.
  let work: Promise<unknown> = Promise.resolve();
  const early: (RTCIceCandidateInit | null)[] = [];
  const take = async (message: { description?: RTCSessionDescriptionInit; candidate?: RTCIceCandidateInit | null }): Promise<void> => {
    if (message.description) {
      await pc.setRemoteDescription(message.description);
      for (const candidate of early.splice(0)) await pc.addIceCandidate(candidate as RTCIceCandidateInit);
      if (message.description.type !== "offer") return;
      await pc.setLocalDescription();
      around.send(JSON.stringify({ description: pc.localDescription }));
    } else if (pc.remoteDescription) {
      await pc.addIceCandidate(message.candidate as RTCIceCandidateInit);
    } else {
      early.push(message.candidate ?? null);
    }
  };
  const failed = new Promise<never>((_, reject) => {
    around.onMessage((text) => {
      work = work.then(() => take(JSON.parse(text) as Parameters<typeof take>[0])).catch(reject);
    });
  });
  pc.addEventListener("icecandidate", ({ candidate }) => around.send(JSON.stringify({ candidate })));

  const meet = async (): Promise<Outcome> => {
    const received: Record<string, number> = {};
    let isIntact = true;
    const texts: string[] = [];
    let wake = (): void => {};
    const until = async (holds: () => boolean): Promise<void> => {
      while (!holds()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    const listen = (channel: RTCDataChannel): void => {
      channel.binaryType = "arraybuffer";
      received[channel.label] = 0;
      channel.addEventListener("message", ({ data }: MessageEvent<string | ArrayBuffer>) => {
        if (typeof data === "string") {
          texts.push(data);
        } else {
          const at = received[channel.label] ?? 0;
          const bytes = new Uint8Array(data);
          if (bytes[0] !== (at / around.chunkBytes) % 251 || bytes.at(-1) !== bytes[0]) isIntact = false;
          received[channel.label] = at + bytes.byteLength;
        }
        wake();
      });
    };
    const pour = async (channel: RTCDataChannel): Promise<void> => {
      channel.bufferedAmountLowThreshold = around.lowWaterBytes;
      for (let at = 0; at < total; at += around.chunkBytes) {
        if (channel.bufferedAmount + around.chunkBytes > around.highWaterBytes && channel.bufferedAmount > around.lowWaterBytes) {
          await new Promise((resolve) => channel.addEventListener("bufferedamountlow", resolve, { once: true }));
        }
        channel.send(new Uint8Array(around.chunkBytes).fill((at / around.chunkBytes) % 251));
      }
    };

    const control = pc.createDataChannel("control", { negotiated: true, id: 0 });
    listen(control);
    let bulk: RTCDataChannel;
    if (role === "offers") {
      bulk = pc.createDataChannel("bulk", { protocol: "test" });
      await pc.setLocalDescription();
      around.send(JSON.stringify({ description: pc.localDescription }));
    } else {
      bulk = await new Promise((resolve) => pc.addEventListener("datachannel", ({ channel }) => resolve(channel), { once: true }));
    }
    listen(bulk);
    await Promise.all([opened(control), opened(bulk)]);
    control.send(`hello from who ${role}`);
    await until(() => texts.length > 0);
    await Promise.all([pour(control), pour(bulk)]);
    await until(() => received["control"] === total && received["bulk"] === total);
    control.send("all here");
    await until(() => texts.length > 1);

    const ends: string[] = [];
    if (role === "offers") bulk.close();
    await closed(bulk);
    ends.push("bulk");
    if (role === "answers") {
      control.send("saw it");
      await closed(control);
      ends.push("control");
    } else {
      await until(() => texts.length > 2);
    }
    pc.close();
    return { greeting: texts[0] ?? "", received, isIntact, bulk: { label: bulk.label, protocol: bulk.protocol }, ends };
  };
  try {
    return await Promise.race([meet(), failed]);
  } finally {
    pc.close();
  }
}
