import { askAll, callAll, checkCallback, type Callback } from "./callbacks.ts";
import { apiName } from "./names.ts";

/** A service that is offered: `ProvidedService` of `@peerloom/services`. */
export interface Offer {
  readonly ready: Promise<void>;
  withdraw(): Promise<void>;
}

/** `Services.provide`. */
export type Provide = (service: string, methods: Readonly<Record<string, (...args: unknown[]) => unknown>>) => Offer;

interface Api {
  callbacks: readonly Callback[];
  readonly offer: Offer;
}

/** The APIs of one service that is offered here. */
export class ServiceApis {
  readonly service: string;
  readonly #provide: Provide;
  readonly #failed: (error: unknown) => void;
  readonly #apis = new Map<string, Api>();

  /** `failed` is told what a callback threw; its caller is told too. */
  constructor(service: string, provide: Provide, failed: (error: unknown) => void) {
    this.service = service;
    this.#provide = provide;
    this.#failed = failed;
  }

  get names(): readonly string[] {
    return [...this.#apis.keys()];
  }

  /** Adds a callback to an API. @returns resolves when others can call it. */
  add(api: string, callback: Callback): Promise<void> {
    checkCallback(callback, `the callback of the API ${JSON.stringify(api)}`);
    const known = this.#apis.get(api);
    if (known !== undefined) {
      known.callbacks = [...known.callbacks, callback];
      return known.offer.ready;
    }
    const offer = this.#provide(apiName(this.service, api), {
      emit: (...args) => this.#run(api, args, callAll),
      request: (...args) => this.#run(api, args, askAll),
    });
    this.#apis.set(api, { callbacks: [callback], offer });
    // Refused: it is not offered, and can be tried again.
    offer.ready.catch(() => this.#forget(api, offer));
    return offer.ready;
  }

  /** Removes a callback, or without one the API, or without `api` all of them. Resolves when the relay's list knows. */
  async remove(api?: string, callback?: Callback): Promise<void> {
    const names = api === undefined ? this.names : [api];
    await Promise.all(names.map((name) => this.#remove(name, callback)));
  }

  async #remove(name: string, callback: Callback | undefined): Promise<void> {
    const api = this.#apis.get(name);
    if (api === undefined) return;
    api.callbacks = callback === undefined ? [] : api.callbacks.filter((other) => other !== callback);
    if (api.callbacks.length > 0) return;
    this.#apis.delete(name);
    await api.offer.withdraw();
  }

  #forget(name: string, offer: Offer): void {
    if (this.#apis.get(name)?.offer === offer) this.#apis.delete(name);
  }

  /** The last argument is the call's context. */
  async #run(api: string, args: readonly unknown[], how: typeof askAll | typeof callAll): Promise<unknown> {
    try {
      return await how(this.#apis.get(api)?.callbacks ?? [], args.slice(0, -1));
    } catch (thrown) {
      this.#failed(thrown);
      throw thrown;
    }
  }
}
