import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { chromium, type Browser } from "playwright-core";
import { chromiumLaunch } from "../../tools/lib/chromium.ts";

const run = promisify(execFile);

/** A network namespace of its own, in which everything of a test runs; UDP can be blocked there. */
export interface OnePlace extends AsyncDisposable {
  /** What to put before a command so that it runs there. */
  readonly prefix: readonly string[];
  startChromium(): Promise<Browser>;
  /** Drops all UDP, both ways, without a word. */
  blockUdp(): Promise<void>;
  unblockUdp(): Promise<void>;
}

let places = 0;

/** Needs root, `ip` and `iptables`; says the command to run when it may not. */
export async function startOnePlace(): Promise<OnePlace> {
  places += 1;
  const name = `pld${process.pid}x${places}`;
  const folder = await mkdtemp(join(tmpdir(), "peerloom-place-"));
  const prefix = ["ip", "netns", "exec", name];
  const inside = (...command: string[]): Promise<unknown> => run("ip", ["netns", "exec", name, ...command]);
  const remove = async (): Promise<void> => {
    await run("ip", ["netns", "delete", name]).catch(() => {});
    await rm(folder, { recursive: true, force: true });
  };
  const block = (action: "-A" | "-D"): Promise<unknown> =>
    Promise.all(["INPUT", "OUTPUT"].map((chain) => inside("iptables", "-w", action, chain, "-p", "udp", "-j", "DROP")));
  try {
    await run("ip", ["netns", "add", name]);
    await inside("ip", "link", "set", "lo", "up");
    // Browsers look for a way out before they name an address of theirs.
    await inside("ip", "link", "add", "out", "type", "veth", "peer", "name", "outside");
    await inside("ip", "link", "set", "outside", "up");
    await inside("ip", "address", "add", "10.79.0.1/24", "dev", "out");
    await inside("ip", "link", "set", "out", "up");
    await inside("ip", "route", "add", "default", "dev", "out");
    await inside("iptables", "-w", "-L");
  } catch (cause) {
    await remove();
    throw new Error(
      "the test needs network namespaces and iptables as root; run:\n\n  sudo apt-get install -y iproute2 iptables procps && sudo -E npx -y pnpm@12 test e2e",
      { cause },
    );
  }
  return {
    prefix,
    startChromium: async () => {
      const { executablePath, ...launch } = chromiumLaunch([
        // Pages that the test itself serves count as strangers' to the machine's own addresses.
        "--disable-features=WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks",
      ]);
      const wrapper = join(folder, "chromium");
      await writeFile(wrapper, `#!/bin/sh\nexec ${prefix.join(" ")} ${JSON.stringify(executablePath)} "$@"\n`);
      await chmod(wrapper, 0o755);
      return chromium.launch({ ...launch, executablePath: wrapper });
    },
    blockUdp: async () => void (await block("-A")),
    unblockUdp: async () => void (await block("-D")),
    [Symbol.asyncDispose]: remove,
  };
}
