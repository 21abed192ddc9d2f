import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startNatsServer } from "../../e2e/support/nats-server.ts";
import { startRedisServer } from "../../e2e/support/redis-server.ts";
import { packageFolders } from "../lib/folders.ts";
import { root, run, type RunResult } from "../lib/run.ts";
import { useBlock } from "./block.ts";

/** From standard input and in a folder: so a program resolves what the package there and its dependencies export. */
function runIn(folder: string, input: string, env: Record<string, string> = {}): Promise<RunResult> {
  const args = ["--conditions=@peerloom/source", "--input-type=module-typescript", "-"];
  return run(process.execPath, args, { cwd: folder, output: "capture", input, env: { ...process.env, ...env }, timeoutMs: 30_000 });
}

describe("the program in the README", () => {
  test.each(packageFolders)("of %s runs, ends and prints what it says", { timeout: 40_000 }, async (path) => {
    const folder = join(root, path);
    const readme = join(folder, "README.md");
    const block = existsSync(readme) ? useBlock(readFileSync(readme, "utf8")) : undefined;
    if (block === undefined) throw new Error(`${path}/README.md needs a heading "## Use" with a \`\`\`ts block that runs`);

    await using stack = new AsyncDisposableStack();
    const nats = block.code.includes("NATS_URL") ? stack.use(await startNatsServer()) : undefined;
    const redis = block.code.includes("REDIS_URL") ? stack.use(await startRedisServer()) : undefined;

    const servers = { ...(nats && { NATS_URL: nats.websocketUrl }), ...(redis && { REDIS_URL: redis.url }) };
    const { code, stdout, output } = await runIn(folder, block.code, servers);

    expect(code, output).toBe(0);
    const printed = stdout.trimEnd().split("\n");
    expect(block.prints.length > 0 ? printed : []).toEqual(block.prints);
  });

  test("of the repository runs and prints what its comments say", { timeout: 40_000 }, async () => {
    const { code: program = "" } = useBlock(readFileSync(join(root, "README.md"), "utf8")) ?? {};
    const ends = "await Promise.all([alice.close(), bob.close()]);\nawait relay.close();\n";

    const { code, stdout, output } = await runIn(join(root, "examples"), `${program.replace("port: 8080", "port: 0")}${ends}`);

    expect(code, output).toBe(0);
    expect(stdout).toBe("3 for alice\n3\n");
  });
});

test("the block is the first of ts below the heading Use", () => {
  const markdown =
    "# x\n\n```ts\nno\n```\n\n## Use\n\n```sh\nno\n```\n\n```ts\nrun(1) // prints: 1\nrun(2)\n// prints: two words\n```\n\n## More\n";

  expect(useBlock(markdown)).toEqual({ code: "run(1) // prints: 1\nrun(2)\n// prints: two words\n", prints: ["1", "two words"] });
});

test("a block below another heading is not taken", () => {
  expect(useBlock("## Use\n\ntext\n\n## More\n\n```ts\nno\n```\n")).toBeUndefined();
});
