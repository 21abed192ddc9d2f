import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { rtc } from "../src/index.ts";

test("a native implementation is chosen where one is installed, werift for media, and the one that is named", async () => {
  expect((await rtc()).name).toBe("node-datachannel");
  expect((await rtc({ media: true })).name).toBe("werift");
  expect((await rtc({ use: "werift" })).name).toBe("werift");
  expect((await rtc({ use: "wrtc" })).name).toBe("wrtc");
});

test("an implementation nobody knows is a wrong argument", async () => {
  await expect(rtc({ use: "constructor" as "wrtc" })).rejects.toThrow(TypeError);
});

test("where none is installed it is werift, and one that is named is NOT_INSTALLED", async () => {
  const folder = await mkdtemp(join(tmpdir(), "peerloom-rtc-"));
  // A loader that finds neither of them, as on a machine where they are not installed.
  const hooks = `export const resolve = (name, context, next) => {
    if (name === "node-datachannel" || name === "@roamhq/wrtc") throw new Error("Cannot find package " + name);
    return next(name, context);
  };`;
  const register = `import { register } from "node:module"; register("data:text/javascript,${encodeURIComponent(hooks)}");`;
  const program = `import { rtc } from ${JSON.stringify(join(import.meta.dirname, "../src/index.ts"))};
    console.log((await rtc()).name, await rtc({ use: "wrtc" }).catch(({ code, cause }) => code + " " + cause.message));`;
  await writeFile(join(folder, "register.mjs"), register);
  await writeFile(join(folder, "program.mjs"), program);
  const { stdout } = await promisify(execFile)(process.execPath, [`--import=${folder}/register.mjs`, join(folder, "program.mjs")]);
  await rm(folder, { recursive: true });

  expect(stdout).toBe("werift NOT_INSTALLED Cannot find package @roamhq/wrtc\n");
}, 15_000);
