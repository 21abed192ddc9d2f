import { startDemo } from "./demo.ts";
import { parseOptions, usage } from "./options.ts";

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options === "help") return console.log(usage);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const demo = await startDemo(options);
  stop.signal.addEventListener("abort", () => void demo.close());
  if (stop.signal.aborted) return demo.close();
  console.log(`Peerloom demo is ready: ${demo.url} (in ${Math.round(performance.now())} ms)`);
  console.log(`The admin page: ${demo.url}/admin/${options.isPasswordNew ? ` (password: ${options.adminPassword})` : ""}`);
}

main().catch((thrown: unknown) => {
  // Whoever starts this needs to know what to change; a stack would hide it.
  console.error(`Peerloom demo cannot start: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  process.exitCode = 1;
});
