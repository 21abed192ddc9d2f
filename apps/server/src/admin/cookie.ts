import type { IncomingMessage } from "node:http";
import { sessionMs } from "./sessions.ts";

const name = "peerloom-admin";

/** The session's token that a request carries. */
export function tokenOf({ headers }: IncomingMessage): string | undefined {
  const pairs = (headers.cookie ?? "").split(";").map((pair) => pair.trim().split("="));
  return pairs.find(([key]) => key === name)?.[1];
}

/** No script can read it, no other site can send it, and nothing but the admin page gets it. */
export function setCookie(token: string, isSecure: boolean): string {
  return `${name}=${token}; Path=/admin; HttpOnly; SameSite=Strict; Max-Age=${sessionMs / 1000}${isSecure ? "; Secure" : ""}`;
}

export const clearCookie: string = `${name}=; Path=/admin; HttpOnly; SameSite=Strict; Max-Age=0`;
