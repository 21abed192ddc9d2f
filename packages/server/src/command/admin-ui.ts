import { createHash, timingSafeEqual } from "node:crypto";
import type { Server } from "socket.io";
import { loadPackage } from "./load-package.ts";
import type { Told } from "./read-options.ts";
import { UsageError } from "./usage-error.ts";

const namespace = "/admin";

/**
 * Lets socket.io's admin UI look at the server, for those who know name and password, and change nothing. Does nothing without a password.
 *
 * @throws UsageError when the package of the admin UI is not installed.
 */
export async function serveAdminUi(io: Server, { options, sources }: Pick<Told, "options" | "sources">): Promise<void> {
  const { adminUser, adminPassword } = options;
  if (adminPassword === undefined) return;
  const { instrument } = await loadPackage("@socket.io/admin-ui", sources.adminPassword ?? "--admin-password");
  if (typeof instrument !== "function") throw new UsageError("this version of @socket.io/admin-ui is not known");
  io.of(namespace).use(({ handshake: { auth } }, next) => {
    // Both are compared, however the first turns out: the time it takes tells nothing.
    const isKnown = [equals(auth["username"], adminUser), equals(auth["password"], adminPassword)].every(Boolean);
    next(isKnown ? undefined : new Error("invalid credentials"));
  });
  instrument(io, { auth: false, namespaceName: namespace, readonly: true, mode: "production" });
}

function equals(given: unknown, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return typeof given === "string" && timingSafeEqual(digest(given), digest(expected));
}
