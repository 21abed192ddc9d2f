import type { IncomingMessage } from "node:http";

const maxBodyBytes = 1024;

/** Whether a request comes from a page of this server, or from a program; another site's page can do nothing here. */
export function isFromHere({ headers }: IncomingMessage): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  const { origin, host } = headers;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}

/** The password in a request's JSON; undefined when it is no such request, or a long one. */
export async function readPassword(request: IncomingMessage): Promise<string | undefined> {
  // A form of another site cannot send this type.
  if (!/^application\/json\b/u.test(request.headers["content-type"] ?? "")) return undefined;
  let text = "";
  request.setEncoding("utf8");
  try {
    for await (const chunk of request as AsyncIterable<string>) {
      text += chunk;
      if (text.length > maxBodyBytes) return undefined;
    }
    const password = (JSON.parse(text) as { readonly password?: unknown } | null)?.password;
    return typeof password === "string" ? password : undefined;
  } catch {
    return undefined;
  }
}
