import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Two homes behind NATs that pick a new port for each destination, so that no hole can be punched, and a TURN server between them. */
export interface NatWorld extends AsyncDisposable {
  /** Namespaces of the two homes. */
  readonly homes: readonly [string, string];
  readonly turn: { readonly urls: string; readonly username: string; readonly credential: string };
  /** A server of that form that nobody answers at. */
  readonly deadTurn: { readonly urls: string; readonly username: string; readonly credential: string };
}

const publicAddress = "10.77.0.1";

/** Needs root, `ip` and `iptables`; says the command to run when it may not. All its traffic stays in namespaces of its own. */
export async function startNatWorld(): Promise<NatWorld> {
  const turnserver = process.env["PEERLOOM_TURN"];
  if (!turnserver) throw new Error("PEERLOOM_TURN is the path of turnserver; `pnpm test` finds it");
  const name = (part: string): string => `plw${process.pid}${part}`;
  const [internet, ...places] = ["i", "na", "nb", "a", "b"].map(name);
  const [natA = "", natB = "", homeA = "", homeB = ""] = places;
  const all = [internet ?? "", ...places];
  const world = await mkdtemp(join(tmpdir(), "peerloom-turn-"));
  const ip = (...args: string[]): Promise<unknown> => run("ip", args);
  const inside = (place: string, ...command: string[]): Promise<unknown> => ip("netns", "exec", place, ...command);
  const remove = async (): Promise<void> => {
    for (const place of all) await ip("netns", "delete", place).catch(() => {});
    await rm(world, { recursive: true, force: true });
  };
  try {
    for (const place of all) await ip("netns", "add", place);
    for (const place of all) await inside(place, "ip", "link", "set", "lo", "up");
    await inside(internet ?? "", "ip", "address", "add", `${publicAddress}/32`, "dev", "lo");
    // Addresses that are nowhere lose their packets there, as they do outside; without a route the server would give up.
    await cable(inside, [internet ?? "", "10.78.0.1/24"], [internet ?? "", "10.78.0.3/24"], "void");
    await inside(internet ?? "", "ip", "neighbor", "add", "10.78.0.2", "lladdr", "02:00:00:00:00:01", "dev", "void");
    await inside(internet ?? "", "ip", "route", "add", "default", "via", "10.78.0.2", "dev", "void");
    await inside(internet ?? "", "sysctl", "-qw", "net.ipv4.ip_forward=1");
    for (const [index, nat, home] of [
      [1, natA, homeA],
      [2, natB, homeB],
    ] as const) {
      await cable(inside, [internet ?? "", `10.77.${index}.1/24`], [nat, `10.77.${index}.2/24`], `wan${index}`);
      await cable(inside, [nat, `192.168.${index}.1/24`], [home, `192.168.${index}.2/24`], `lan${index}`);
      await inside(nat, "ip", "route", "add", "default", "via", `10.77.${index}.1`);
      await inside(home, "ip", "route", "add", "default", "via", `192.168.${index}.1`);
      await inside(nat, "sysctl", "-qw", "net.ipv4.ip_forward=1");
      await inside(nat, "iptables", "-t", "nat", "-A", "POSTROUTING", "-s", `192.168.${index}.0/24`, "-j", "MASQUERADE", "--random-fully");
    }
  } catch (cause) {
    await remove();
    throw new Error(
      "the test needs network namespaces and iptables as root; run:\n\n  sudo apt-get install -y iproute2 iptables procps && sudo -E npx -y pnpm@12 test e2e",
      { cause },
    );
  }
  const [username, credential] = ["someone", "secret"];
  const options = ["-n", "--no-cli", "--no-tls", "--no-dtls", "--lt-cred-mech", "--log-file", "stdout", "--simple-log", "--verbose"];
  const places2 = ["--listening-ip", publicAddress, "--relay-ip", publicAddress, "--listening-port", "3478"];
  const files = ["--pidfile", join(world, "pid"), "--userdb", join(world, "turndb")];
  const args = [...options, ...places2, ...files, "--user", `${username}:${credential}`, "--realm", "peerloom"];
  const server = spawn("ip", ["netns", "exec", internet ?? "", turnserver, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "exit");
  const lines = createInterface({ input: server.stdout });
  await Promise.race([
    new Promise<void>((resolve) => lines.on("line", (line) => /listener opened on/i.test(line) && /UDP/i.test(line) && resolve())),
    ended.then(([code]) => Promise.reject(new Error(`turnserver ended with ${String(code)}`))),
  ]);
  return {
    homes: [homeA, homeB],
    turn: { urls: `turn:${publicAddress}:3478`, username, credential },
    deadTurn: { urls: "turn:10.77.0.9:3478", username, credential },
    [Symbol.asyncDispose]: async () => {
      server.kill("SIGKILL");
      await ended;
      await remove();
    },
  };
}

/** A cable between two namespaces, made within the first so that its ends never show in the machine's own. */
async function cable(
  inside: (place: string, ...command: string[]) => Promise<unknown>,
  [left, leftAddress]: readonly [string, string],
  [right, rightAddress]: readonly [string, string],
  name: string,
): Promise<void> {
  await inside(left, "ip", "link", "add", name, "type", "veth", "peer", "name", `${name}p`);
  await inside(left, "ip", "link", "set", `${name}p`, "netns", right);
  await inside(left, "ip", "address", "add", leftAddress, "dev", name);
  await inside(left, "ip", "link", "set", name, "up");
  await inside(right, "ip", "address", "add", rightAddress, "dev", `${name}p`);
  await inside(right, "ip", "link", "set", `${name}p`, "up");
}
