import { cpuUsage, memoryUsage } from "node:process";
import { createRelay, type RelayStats } from "@peerloom/server";
import { Admin } from "./admin/admin.ts";
import { takeState } from "./admin/take-state.ts";
import { Visits } from "./admin/visits.ts";
import { serveCall } from "./call.ts";
import { provideHelper } from "./helper.ts";
import { Meter, type Reading } from "./meter.ts";
import { signalings, type DemoOptions } from "./options.ts";
import { servePages, type Handler } from "./pages.ts";
import { serveRoutes } from "./routes.ts";
import { provideSamples } from "./samples/samples.ts";

export interface Demo {
  readonly url: string;
  close(): Promise<void>;
}

const tickMs = 1000;
const nowMs = (): number => performance.now();

/** Starts the relay, its helper, samples and pages, all on one port. @throws Error saying in one line what is wrong. */
export async function startDemo({ port, host, pages, secret, signaling, adminPassword }: DemoOptions): Promise<Demo> {
  const { isRelayed, isPlain } = signalings[signaling];
  const rest = servePages(pages);
  const serve: { handler: Handler } = { handler: rest };
  const relay = createRelay({
    port,
    host,
    secret,
    signaling: isRelayed,
    // Like the page that uses it: a call of two.
    plainSignaling: isPlain && { membersPerRoom: 2 },
    requestHandler: (request, response) => serve.handler(request, response),
  });
  const meter = new Meter(() => readNow(relay.stats()));
  const visits = new Visits(relay, nowMs);
  const startMs = nowMs();
  const admin = new Admin({
    password: adminPassword,
    takeState: () => takeState({ relay, meter, visits, nowMs, startMs }),
    nowMs,
  });
  serve.handler = serveRoutes({
    admin: (request, response) => admin.handle(request, response),
    call: isPlain ? serveCall() : undefined,
    rest,
  });
  provideHelper(relay);
  const tickSamples = provideSamples(relay, () => meter.load);
  const { url } = await relay.listen();
  const timer = setInterval(() => {
    meter.tick();
    tickSamples();
    admin.tick();
  }, tickMs);
  const close = (): Promise<void> => {
    clearInterval(timer);
    admin.close();
    return relay.close();
  };
  return { url, close };
}

function readNow(stats: RelayStats): Reading {
  const { user, system } = cpuUsage();
  return { cpuMs: (user + system) / 1000, memoryBytes: memoryUsage.rss(), nowMs: nowMs(), stats };
}
