import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { flagOf, optionNames, specs, variableOf, type CommandOptions, type OptionName } from "./options.ts";
import { UsageError } from "./usage-error.ts";

/** What the command was told: options, and for each that was given, where. */
export interface Told {
  readonly options: CommandOptions;
  /** "--port", "PEERLOOM_PORT", "port in relay.json". */
  readonly sources: Readonly<Partial<Record<OptionName, string>>>;
  /** Variables that look like ours and are none. */
  readonly strays: readonly string[];
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => string;
}

interface Given {
  readonly value: unknown;
  readonly source: string;
}

const metaFlags = { help: { type: "boolean", short: "h" }, version: { type: "boolean", short: "v" }, config: { type: "string" } } as const;
const configVariable = "PEERLOOM_CONFIG";

/**
 * Reads the options: flags go before the environment, that before the file, that before what an option is by itself.
 *
 * @throws UsageError naming in one line the option that is wrong and where it was given.
 */
export function readOptions(args: readonly string[], { env, readFile }: Surroundings): Told | "help" | "version" {
  const flags = readFlags(args);
  if (flags["help"] !== undefined) return "help";
  if (flags["version"] !== undefined) return "version";
  const config = flags["config"] ?? (env[configVariable] || undefined);
  const file = config === undefined ? {} : readConfig(String(config), readFile);
  const given = new Map<OptionName, Given>();
  for (const name of optionNames) {
    const found = find(name, flags, env, file, String(config));
    if (found !== undefined) given.set(name, found);
  }
  const options = Object.fromEntries(optionNames.map((name) => [name, valueOf(name, given.get(name))])) as unknown as CommandOptions;
  const sources = Object.fromEntries([...given].map(([name, { source }]) => [name, source]));
  checkTogether(options, sources);
  return { options, sources, strays: straysOf(env) };
}

type Flags = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

function readFlags(args: readonly string[]): Flags {
  const options: ParseArgsOptionsConfig = { ...metaFlags };
  for (const name of optionNames) {
    const { value, isList } = specs[name];
    options[flagOf(name).slice(2)] = value === undefined ? { type: "boolean" } : { type: "string", multiple: isList };
  }
  try {
    return parseArgs({ args, options, allowNegative: true }).values;
  } catch (thrown) {
    // Node adds advice that does not fit here.
    const [reason = ""] = (thrown as Error).message.split(/\. |\n/u);
    throw new UsageError(`${reason}; --help lists all options`, { cause: thrown });
  }
}

function readConfig(path: string, readFile: (path: string) => string): Readonly<Record<string, unknown>> {
  const config = parseJson(path, readText(path, readFile));
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw new UsageError(`the config file ${path} must hold a JSON object, like {"port": 8080}`);
  const unknown = Object.keys(config).find((key) => !Object.hasOwn(specs, key));
  if (unknown !== undefined) throw new UsageError(`${unknown} in ${path} is no option; --help lists all: port, tlsCert, …`);
  return config as Record<string, unknown>;
}

function readText(path: string, readFile: (path: string) => string): string {
  try {
    return readFile(path);
  } catch (thrown) {
    throw new UsageError(`the config file ${path} cannot be read: ${(thrown as Error).message}`, { cause: thrown });
  }
}

/** What is wrong is not shown: it may be a secret. */
function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const place = /position \d+( \(line \d+ column \d+\))?/.exec((thrown as Error).message)?.[0];
    throw new UsageError(`the config file ${path} is no JSON${place === undefined ? "" : `: see ${place}`}`);
  }
}

function find(
  name: OptionName,
  flags: Flags,
  env: Surroundings["env"],
  file: Readonly<Record<string, unknown>>,
  path: string,
): Given | undefined {
  const flag = flags[flagOf(name).slice(2)];
  if (flag !== undefined) return { value: Array.isArray(flag) ? flag.join(",") : flag, source: flagOf(name) };
  const variable = variableOf(name);
  if (env[variable]) return { value: env[variable], source: variable };
  return Object.hasOwn(file, name) ? { value: file[name], source: `${name} in ${path}` } : undefined;
}

function valueOf(name: OptionName, given: Given | undefined): unknown {
  const { standard, parse, rule, isSecret } = specs[name];
  if (given === undefined) return standard;
  const value = parse(given.value);
  if (value !== undefined) return value;
  const shown = isSecret ? "what was given" : JSON.stringify(given.value)?.slice(0, 100);
  throw new UsageError(`${given.source} must be ${rule}, not ${shown}`);
}

/** What no option can know by itself. */
function checkTogether(options: CommandOptions, sources: Told["sources"]): void {
  const sourceOf = (name: OptionName): string => sources[name] ?? flagOf(name);
  const needs = (name: OptionName, other: OptionName): void => {
    if (options[name] !== undefined && options[other] === undefined) throw new UsageError(`${sourceOf(name)} needs ${flagOf(other)} too`);
  };
  needs("tlsCert", "tlsKey");
  needs("tlsKey", "tlsCert");
  needs("redis", "secret");
  needs("turnSecret", "turnUrl");
  needs("turnUrl", "turnSecret");
  if (options.authSecret !== undefined && options.authJwks !== undefined)
    throw new UsageError(`${sourceOf("authSecret")} and ${sourceOf("authJwks")} exclude each other`);
  for (const name of ["authIssuer", "authAudience"] as const)
    if (options[name] !== undefined && options.authSecret === undefined && options.authJwks === undefined)
      throw new UsageError(`${sourceOf(name)} needs --auth-secret or --auth-jwks too`);
  if (options.drainDeadlineMs < options.drainWindowMs)
    throw new UsageError(
      `${sourceOf("drainDeadlineMs")} must not be less than ${flagOf("drainWindowMs")} (${options.drainWindowMs}), but is ${options.drainDeadlineMs}`,
    );
  if (options.metricsPort !== undefined && options.metricsPort === options.port)
    throw new UsageError(`${sourceOf("metricsPort")} must be another port than ${flagOf("port")}`);
}

function straysOf(env: Surroundings["env"]): string[] {
  const known = new Set([configVariable, ...optionNames.map(variableOf)]);
  return Object.keys(env).filter((variable) => variable.startsWith("PEERLOOM_") && !known.has(variable));
}
