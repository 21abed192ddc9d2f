import { testRefusals } from "./support/bench.ts";

testRefusals("cluster", [[["--only", "nodes"], 'no figure is called "nodes"']]);
