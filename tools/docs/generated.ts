import { describe as describeOption } from "../../packages/server/src/command/help.ts";
import { optionNames, specs, variableOf } from "../../packages/server/src/command/options.ts";
import { createRelay } from "../../packages/server/src/index.ts";
import { collectMetrics } from "../../packages/server/src/metrics.ts";

/** The parts of docs/operating.md that follow from the code, by the name in their marks. */
export async function generatedParts(): Promise<Readonly<Record<string, string>>> {
  return { options: optionsTable(), metrics: await metricsTable() };
}

/** Puts the parts between their marks, `<!-- options -->` and `<!-- /options -->`. @throws Error when a mark is missing. */
export function fillIn(markdown: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((text, [name, part]) => {
    const [before, rest] = split(text, `<!-- ${name} -->\n`);
    const [, after] = split(rest, `<!-- /${name} -->`);
    return `${before}<!-- ${name} -->\n\n${part}\n\n<!-- /${name} -->${after}`;
  }, markdown);
}

function split(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`the mark ${mark} is missing`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

function optionsTable(): string {
  const rows = optionNames.map((name) => {
    const { flag, standard, help } = describeOption(name);
    const shown = specs[name].standard === true ? "true" : standard;
    return [`\`${flag}\``, `\`${variableOf(name)}\``, shown === "" ? "" : `\`${shown}\``, help];
  });
  return table(["option", "environment", "default", ""], rows);
}

async function metricsTable(): Promise<string> {
  const relay = createRelay();
  const metrics = await collectMetrics(relay).getMetricsAsJSON();
  await relay.close();
  return table(
    ["metric", "type", ""],
    metrics.map(({ name, type, help }) => [`\`${name}\``, String(type), help]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
