export { direct } from "./direct.ts";
export type { DirectOptions, DirectPolicy } from "./options.ts";
