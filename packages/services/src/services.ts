import type { InternalPort, ListenOptions, PeerloomError, Unsubscribe, WaitOptions } from "@peerloom/core";
import { checkMetadata, checkName, isText, WIRE, type Metadata, type ServiceSummary } from "@peerloom/protocol";
import { Caller, type CallOptions } from "./caller.ts";
import type { ServiceDirectory, ServiceOffer } from "./directory.ts";
import { HELLO_REQUEST } from "./introductions.ts";
import { methodTable, type ServiceMethods } from "./methods.ts";
import { createProxy, type Service, type UntypedService } from "./proxy.ts";
import { ServiceHost } from "./service-host.ts";
import { StreamOffers } from "./stream-offers.ts";
import { until } from "./until.ts";

export interface ProvideOptions {
  /** For callers that want a certain one: `1.4.0` serves those that want `1.4.0`, `1.4` or `1`. */
  readonly version?: string;
  /** What the directory tells of this provider. */
  readonly metadata?: Metadata;
  /** Methods that do no harm when they run twice: only their calls go to another provider when it is not known whether they ran. */
  readonly idempotent?: readonly string[];
}

/** A service offered here. */
export interface ProvidedService extends AsyncDisposable {
  readonly name: string;
  /** Resolves when others can find it; rejects when that is refused (`FORBIDDEN`, `LIMIT`), which ends the offer. */
  readonly ready: Promise<void>;
  /** Takes the service back: no further call begins. Resolves when the directory knows. Idempotent; never rejects. */
  withdraw(): Promise<void>;
}

/** Options of a service's handle; they hold for each of its calls. */
export interface ServiceOptions extends CallOptions {}

export interface ServicesOptions {
  readonly port: InternalPort;
  readonly directory: ServiceDirectory;
  /** How long a call waits for its answer unless it says otherwise, in milliseconds. @defaultValue 30000 */
  readonly callTimeoutMs?: number;
  /** A service is not provided here any more. */
  readonly onWithdraw?: (service: string) => void;
}

const isVersion = isText(WIRE.maxVersionLength);

/** Services over a port: offers those of this program, and calls everybody's. Calls go straight to the provider. */
export class Services {
  readonly #port: InternalPort;
  readonly #directory: ServiceDirectory;
  readonly #host: ServiceHost;
  readonly #streams: StreamOffers;
  readonly #caller: Caller;
  readonly #callTimeoutMs: number;
  readonly #onWithdraw: (service: string) => void;
  readonly #offers = new Map<string, ProvidedService>();
  #closed: PeerloomError | undefined;

  constructor({ port, directory, callTimeoutMs = 30_000, onWithdraw = () => {} }: ServicesOptions) {
    this.#port = port;
    this.#directory = directory;
    this.#callTimeoutMs = callTimeoutMs;
    this.#onWithdraw = onWithdraw;
    this.#streams = new StreamOffers(port);
    this.#host = new ServiceHost(port, this.#streams);
    this.#caller = new Caller({ port, directory, host: this.#host, offers: this.#streams });
  }

  /** What is offered here, and the streamed results and arguments that are not done; both zero after close. */
  get load(): { readonly services: number; readonly streams: number } {
    return { services: this.#offers.size, streams: this.#streams.size };
  }

  /** Is this service offered here? */
  isProviding(service: string): boolean {
    return this.#offers.has(service);
  }

  /**
   * Offers a service. Each method gets the caller's arguments and then a `ServiceContext`; what it returns, or resolves to, is the
   * result. An async generator's values are streamed, no faster than they are read.
   *
   * @throws TypeError when the service is offered here already, or an argument is wrong; PeerloomError `CLOSED`.
   */
  provide(service: string, methods: ServiceMethods, options: ProvideOptions = {}): ProvidedService {
    if (this.#closed !== undefined) throw this.#closed;
    const offer = checkOffer(service, methods, options);
    if (this.#offers.has(service)) throw new TypeError(`${JSON.stringify(service)} is provided here already`);
    this.#host.add(service, methodTable(methods));
    const ready = this.#directory.provide(offer);
    let withdrawn: Promise<void> | undefined;
    const withdraw = (): Promise<void> => (withdrawn ??= this.#withdraw(service, handle));
    const handle: ProvidedService = { name: service, ready, withdraw, [Symbol.asyncDispose]: withdraw };
    this.#offers.set(service, handle);
    // Also when nobody awaits `ready`.
    ready.catch(() => void withdraw());
    return handle;
  }

  /**
   * A service's methods, to be called. The handle is cheap: it causes no traffic.
   *
   * A call rejects with what the method threw (`remote: true`), or with `NO_PROVIDER` at once when nobody offers the service,
   * `NO_METHOD`, `TIMEOUT`, `ABORTED`, `PEER_LOST` when it is not known whether the method ran, `TypeError` for what cannot be carried.
   */
  service<T = UntypedService>(service: string, options: ServiceOptions = {}): Service<T> {
    checkName(service, "a service's name");
    const settings = { timeoutMs: this.#callTimeoutMs, ...options };
    return createProxy((name) => {
      const method = { service, method: name, options: settings };
      return (...args) => this.#caller.call(method, args);
    }) as Service<T>;
  }

  /** All services that have providers. @throws PeerloomError `FORBIDDEN`, `TIMEOUT`, `ABORTED`, `CLOSED`. */
  services(wait: WaitOptions = {}): Promise<readonly ServiceSummary[]> {
    return this.#directory.services(wait);
  }

  /** Tells of each service that there is, and of each change of the number of its providers. */
  watchServices(listener: (service: ServiceSummary) => void, options: ListenOptions = {}): Unsubscribe {
    return this.#directory.watchServices(listener, options);
  }

  /**
   * Takes all services back in good order, so that no caller notices: no call begins any more, callers have turned to other providers,
   * and what has begun is answered. Rejects when `wait` ends before that.
   */
  async retire(wait: WaitOptions): Promise<void> {
    if (this.#offers.size === 0) return;
    await until(Promise.all([...this.#offers.values()].map((offer) => offer.withdraw())), wait, "withdrawing services");
    // What a caller sent before it heard of that comes before its answer to this.
    await Promise.allSettled(this.#host.callers.map((id) => this.#port.requestInternal(id, HELLO_REQUEST, [], wait)));
    await until(this.#host.idle(), wait, "answering calls");
  }

  /** Ends it all; what waits rejects with `error`. The directory learns of it by whoever closes the port. */
  close(error: PeerloomError): void {
    if (this.#closed !== undefined) return;
    this.#closed = error;
    this.#caller.close(error);
    this.#host.clear();
    this.#offers.clear();
    this.#streams.close(error);
  }

  async #withdraw(service: string, handle: ProvidedService): Promise<void> {
    if (this.#offers.get(service) !== handle) return;
    this.#offers.delete(service);
    this.#host.remove(service);
    this.#onWithdraw(service);
    await this.#directory.withdraw(service);
  }
}

function checkOffer(service: string, methods: ServiceMethods, { version, metadata, idempotent }: ProvideOptions): ServiceOffer {
  checkName(service, "a service's name");
  checkMetadata(metadata);
  if (version !== undefined && !isVersion(version))
    throw new TypeError(`a version must be a string of at most ${WIRE.maxVersionLength} characters`);
  const stranger = idempotent?.find((name) => !Object.hasOwn(methods, name));
  if (stranger !== undefined) throw new TypeError(`${JSON.stringify(stranger)} is marked as idempotent and is no method`);
  if ((idempotent?.length ?? 0) > WIRE.maxIdempotent)
    throw new RangeError(`at most ${WIRE.maxIdempotent} methods can be marked as idempotent`);
  return { service, version, metadata, idempotent };
}
