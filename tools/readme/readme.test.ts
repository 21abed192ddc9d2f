import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startNatsServer } from "../../e2e/support/nats-server.ts";
import { startRedisServer } from "../../e2e/support/redis-server.ts";
import { packageFolders } from "../lib/folders.ts";
import { root, run } from "../lib/run.ts";
import { useBlock } from "./block.ts";

describe("the program in the README", () => {
  test.each(packageFolders)("of %s runs, ends and prints what it says", { timeout: 40_000 }, async (path) => {
    const folder = join(root, path);
    const readme = join(folder, "README.md");
    const block = existsSync(readme) ? useBlock(readFileSync(readme, "utf8")) : undefined;
    if (block === undefined) throw new Error(`${path}/README.md needs a heading "## Use" with a \`\`\`ts block that runs`);

    await using stack = new AsyncDisposableStack();
    const nats = block.code.includes("NATS_URL") ? stack.use(await startNatsServer()) : undefined;
    const redis = block.code.includes("REDIS_URL") ? stack.use(await startRedisServer()) : undefined;

    // From standard input and in the package's folder: so it resolves what the package itself and its dependencies export.
    const args = ["--conditions=@peerloom/source", "--input-type=module-typescript", "-"];
    const { code, stdout, output } = await run(process.execPath, args, {
      cwd: folder,
      output: "capture",
      input: block.code,
      env: { ...process.env, ...(nats && { NATS_URL: nats.websocketUrl }), ...(redis && { REDIS_URL: redis.url }) },
      timeoutMs: 30_000,
    });

    expect(code, output).toBe(0);
    const printed = stdout.trimEnd().split("\n");
    expect(block.prints.length > 0 ? printed : []).toEqual(block.prints);
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
