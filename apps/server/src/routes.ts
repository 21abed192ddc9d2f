import type { ServerResponse } from "node:http";
import { protect } from "./headers.ts";
import type { Handler } from "./pages.ts";

/** What answers under which path; `rest` answers all else. */
export interface Routes {
  readonly admin: Handler;
  readonly call: Handler | undefined;
  readonly rest: Handler;
}

/** One handler for all of the demo's pages. */
export function serveRoutes({ admin, call, rest }: Routes): Handler {
  return (request, response) => {
    protect(response);
    const [path = "/", query] = (request.url ?? "/").split("?", 2);
    if (path === "/admin" || (path === "/call" && call !== undefined))
      return redirect(response, `${path}/${query === undefined ? "" : `?${query}`}`);
    if (path.startsWith("/admin/")) return admin(request, response);
    if (path.startsWith("/call/") && call !== undefined) return call(request, response);
    return rest(request, response);
  };
}

function redirect(response: ServerResponse, to: string): void {
  response.writeHead(308, { Location: to }).end();
}
