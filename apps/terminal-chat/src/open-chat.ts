import { PeerloomError, type ConnectOptions } from "@peerloom/client";
import { direct } from "@peerloom/direct";
import { rtc } from "@peerloom/rtc-node";
import type { Input } from "./model/state.ts";
import { Chat } from "./net/chat.ts";
import type { ChatSettings } from "./options.ts";

const maxNames = 20;
/** Somebody waits at the terminal. */
const connectTimeoutMs = 5000;

/**
 * Connects under the name that was asked for. Where none was, and it is taken, the next is tried: `ada`, `ada-2`, …
 *
 * @throws PeerloomError like `connect`.
 */
export async function openChat(
  settings: ChatSettings,
  tell: (input: Input) => void,
): Promise<{ readonly chat: Chat; readonly name: string }> {
  const { url, isNameFixed } = settings;
  const connection = await connectionOf(settings);
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? settings.name : `${settings.name}-${count}`;
    try {
      const chat = await Chat.open({ url, name, tell, now: Date.now, connection });
      return { chat, name };
    } catch (thrown) {
      if (isNameFixed || count >= maxNames || !PeerloomError.is(thrown, "CLIENT_ID_TAKEN")) throw thrown;
    }
  }
}

/** Whoever stays connects directly to those it has to do with; in a pipe that would not be worth it. */
async function connectionOf({ isDirect, mode }: ChatSettings): Promise<ConnectOptions> {
  if (!isDirect || mode === "pipe" || mode === "watch") return { connectTimeoutMs };
  return { connectTimeoutMs, direct: direct({ rtc: await rtc(), policy: "eager" }) };
}
