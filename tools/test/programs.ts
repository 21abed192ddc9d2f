import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { run } from "../lib/run.ts";

/** A program that tests start, which npm does not bring. */
export interface Program {
  readonly name: string;
  /** Debian's package of it. */
  readonly apt: string;
  /** The environment variable by which tests get its path; set before, it is taken as it is. */
  readonly env: string;
  /** Names to look for on PATH, or absolute paths, the best one first. */
  readonly candidates: readonly string[];
}

/** What the tests need. One line each. */
const programs: readonly Program[] = [
  {
    name: "Chromium",
    apt: "chromium",
    env: "PEERLOOM_CHROMIUM",
    candidates: ["chromium", "chromium-browser", "google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"],
  },
  { name: "Firefox", apt: "firefox-esr", env: "PEERLOOM_FIREFOX", candidates: ["firefox-esr", "firefox"] },
  { name: "TURN server", apt: "coturn", env: "PEERLOOM_TURN", candidates: ["turnserver", "/usr/bin/turnserver"] },
  { name: "NATS server", apt: "nats-server", env: "PEERLOOM_NATS", candidates: ["nats-server", "/usr/sbin/nats-server"] },
  { name: "Redis", apt: "redis-server", env: "PEERLOOM_REDIS_SERVER", candidates: ["redis-server"] },
];

/** Paths by environment variable, or the words that tell the user what to do. */
export type Found = { readonly ok: true; readonly env: Record<string, string> } | { readonly ok: false; readonly message: string };

export interface Machine {
  readonly env: NodeJS.ProcessEnv;
  readonly exists: (path: string) => boolean;
  /** Installs Debian packages; says whether that worked. */
  readonly install: (packages: readonly string[]) => Promise<boolean>;
}

const thisMachine: Machine = { env: process.env, exists: existsSync, install: aptInstall };

/** Finds the programs, installs those that are missing where that can be done, else says the command that does it. */
export async function findPrograms(wanted: readonly Program[] = programs, machine: Machine = thisMachine): Promise<Found> {
  const misnamed = wanted.find(({ env }) => machine.env[env] && !machine.exists(machine.env[env]));
  if (misnamed) return { ok: false, message: `${misnamed.env} is ${machine.env[misnamed.env]}, but there is no such file` };
  const missing = wanted.filter((program) => pathOf(program, machine) === undefined);
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(", ");
    const packages = missing.map(({ apt }) => apt);
    console.log(`The tests need ${names}: installing ${packages.join(" ")}`);
    const isInstalled = (await machine.install(packages)) && missing.every((program) => pathOf(program, machine) !== undefined);
    if (!isInstalled) {
      const command = `sudo apt-get update && sudo apt-get install -y ${packages.join(" ")}`;
      const paths = missing.map(({ env }) => env).join(", ");
      return {
        ok: false,
        message: `The tests need ${names}, which could not be installed from here. Run:\n\n  ${command}\n\nor set ${paths} to its path.`,
      };
    }
  }
  return { ok: true, env: Object.fromEntries(wanted.map((program) => [program.env, pathOf(program, machine) ?? ""])) };
}

function pathOf({ env, candidates }: Program, machine: Machine): string | undefined {
  if (machine.env[env]) return machine.env[env];
  const folders = (machine.env["PATH"] ?? "").split(delimiter).filter(Boolean);
  const paths = candidates.flatMap((candidate) => (isAbsolute(candidate) ? [candidate] : folders.map((folder) => join(folder, candidate))));
  return paths.find((path) => machine.exists(path));
}

/** As root, or with a sudo that does not ask. Package lists are fetched only when the install fails without. */
async function aptInstall(packages: readonly string[]): Promise<boolean> {
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const apt = async (...args: string[]): Promise<boolean> => {
    const [command = "", ...rest] = [
      ...sudo,
      "env",
      "DEBIAN_FRONTEND=noninteractive",
      "apt-get",
      "-qq",
      "-o",
      "DPkg::Lock::Timeout=300",
      ...args,
    ];
    const { code, output } = await run(command, rest, { output: "capture" });
    if (code !== 0) console.log(output.trim());
    return code === 0;
  };
  const install = ["install", "-y", "--no-install-recommends", ...packages];
  return (await apt(...install)) || ((await apt("update")) && (await apt(...install)));
}
