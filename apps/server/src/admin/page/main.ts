import type { AdminState } from "../state.ts";
import { element } from "./element.ts";
import { show } from "./show.ts";

const form = element<HTMLFormElement>("login");
const password = element<HTMLInputElement>("password");
const pause = element<HTMLButtonElement>("pause");

let isPaused = false;
let latest: AdminState | undefined;

const say = (text: string): void => {
  const status = element("status");
  // What is said again is not read out again.
  if (status.textContent !== text) status.textContent = text;
};

/** Shows the form, or the board. */
function turn(isLoggedIn: boolean): void {
  form.hidden = isLoggedIn;
  element("board").hidden = !isLoggedIn;
  element("tools").hidden = !isLoggedIn;
}

/** Watches the server until the session ends; after a lost connection the browser tries again by itself. */
function watch(): void {
  const events = new EventSource("live");
  events.addEventListener("message", ({ data }: MessageEvent<string>) => {
    latest = JSON.parse(data) as AdminState;
    turn(true);
    say(isPaused ? "Paused" : "Live");
    if (!isPaused) show(latest);
  });
  events.addEventListener("error", () => {
    if (events.readyState !== EventSource.CLOSED) return say("The server does not answer. Trying again…");
    void askWhy();
  });
}

/** An event source does not tell why it was refused. */
async function askWhy(): Promise<void> {
  const { status } = await fetch("live", { method: "HEAD" }).catch(() => ({ status: 0 }));
  if (status === 401) return askPassword();
  say("The server does not let this page in. Trying again…");
  setTimeout(watch, 2000);
}

function askPassword(): void {
  turn(false);
  say("Not logged in");
  password.focus();
}

async function post(path: string, body?: object): Promise<Response | undefined> {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) };
  return fetch(path, init).catch(() => undefined);
}

async function logIn(): Promise<void> {
  const refusal = element("refusal");
  refusal.textContent = "";
  const response = await post("login", { password: password.value });
  password.value = "";
  if (response?.ok) return watch();
  refusal.textContent = response === undefined ? "The server does not answer." : (await response.text()).trim();
  password.focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void logIn();
});
element("logout").addEventListener("click", () => {
  // The server ends the stream, and with it the page turns.
  void post("logout");
});
pause.addEventListener("click", () => {
  isPaused = !isPaused;
  pause.setAttribute("aria-pressed", String(isPaused));
  say(isPaused ? "Paused" : "Live");
  if (!isPaused && latest !== undefined) show(latest);
});

watch();
