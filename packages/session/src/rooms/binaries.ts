/** Binaries as both platforms hand them over (Buffer, Uint8Array, ArrayBuffer), as plain `Uint8Array`. @returns undefined when one is none. */
export function toBinaries(values: readonly unknown[]): readonly Uint8Array[] | undefined {
  const binaries = values.map(toBinary).filter((binary) => binary !== undefined);
  return binaries.length === values.length ? binaries : undefined;
}

function toBinary(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}
