import { pino, type Logger } from "pino";
import type { LogLevel } from "./options.ts";

/** Where log lines go to. */
export type Write = (line: string) => void;

/** Fields that are never written, wherever they stand: what proves who somebody is. */
const hiddenFields = ["token", "secret", "password", "resume", "authorization", "cookie", "auth"];
const hidden = "[hidden]";
/** Something shorter could be a part of any word. */
const minSecretLength = 4;

/** Makes a log of JSON lines. The secrets themselves never get into it, not even as a part of an error's message. */
export function createLog(level: LogLevel, secrets: readonly string[], write: Write): Logger {
  const hide = hider(secrets);
  const paths = hiddenFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  return pino(
    {
      level,
      base: null,
      redact: { paths, censor: hidden },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    { write: (line: string) => write(hide(line)) },
  );
}

/** Replaces secrets in lines of JSON. */
function hider(secrets: readonly string[]): (line: string) => string {
  const forms = secrets
    .filter((secret) => secret.length >= minSecretLength)
    .flatMap((secret) => [secret, escaped(secret), encodeURIComponent(secret)]);
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (line) => longestFirst.reduce((text, secret) => text.replaceAll(secret, hidden), line);
}

/** As it stands within JSON. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
