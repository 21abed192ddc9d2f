import { scenarios } from "./scenarios.ts";

Object.assign(globalThis, { lab: scenarios });
