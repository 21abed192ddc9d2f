import { join } from "node:path";
import { checkArrows } from "./arrows.ts";
import { checkManifests } from "./manifests.ts";
import { readWorkspace } from "./workspace.ts";

const packages = readWorkspace(join(import.meta.dirname, "../.."));
const problems = [...checkArrows(packages), ...checkManifests(packages)];
for (const problem of problems) console.error(problem);
console.log(
  problems.length === 0 ? `workspace: ${packages.length} packages, all arrows point down` : `workspace: ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
