import { startDemo } from "./demo.ts";
import { parseOptions, usage } from "./options.ts";

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options === "help") return console.log(usage);
  const demo = await startDemo(options);
  console.log(`Peerloom demo is ready: ${demo.url} (in ${Math.round(performance.now())} ms)`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void demo.close());
}

main().catch((thrown: unknown) => {
  // Whoever starts this needs to know what to change; a stack would hide it.
  console.error(`Peerloom demo cannot start: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  process.exitCode = 1;
});
