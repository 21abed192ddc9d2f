import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Letters and digits that are not mistaken for one another. */
const letters = "abcdefghijkmnpqrstuvwxyz23456789";
const groups = 4;
const groupLength = 4;

/** A password of 80 random bits, in groups that can be read aloud. */
export function makePassword(): string {
  const bytes = randomBytes(groups * groupLength);
  const text = Array.from(bytes, (byte) => letters[byte % letters.length]).join("");
  return text.replaceAll(/(.{4})(?!$)/gu, "$1-");
}

/** Compares without telling by its time how much was right, nor how long the password is. */
export function isSame(given: string, password: string): boolean {
  return timingSafeEqual(digest(given), digest(password));
}

/** What is kept of a secret that need not be shown again. */
export function digest(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
