import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/run.ts";
import { fillIn, generatedParts } from "./generated.ts";

/** Writes the generated parts of docs/operating.md anew: `node --conditions=@peerloom/source tools/docs/main.ts`. */
const page = join(root, "docs/operating.md");
writeFileSync(page, fillIn(readFileSync(page, "utf8"), await generatedParts()));
