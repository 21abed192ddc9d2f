/** A program that a README shows, and the lines that it says it prints. */
export interface Block {
  readonly code: string;
  /** The texts of its `// prints: …` comments, in order; empty when it says nothing about its output. */
  readonly prints: readonly string[];
}

/** The first `ts` block below the heading "Use"; undefined when there is none. */
export function useBlock(markdown: string): Block | undefined {
  const [, section] = /^## Use[^\n]*\n([\s\S]*?)(?=^#{1,2} |$(?![\s\S]))/m.exec(markdown) ?? [];
  const [, code] = /^```ts[^\n]*\n([\s\S]*?)^```/m.exec(section ?? "") ?? [];
  if (code === undefined) return undefined;
  return { code, prints: [...code.matchAll(/\/\/ prints: (.*)$/gm)].map((match) => (match[1] ?? "").trim()) };
}
