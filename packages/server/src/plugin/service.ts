import {
  createServiceSide,
  createServiceUser,
  OwnTopics,
  P2P_EMIT,
  ServiceApis,
  type MessageApi,
  type ServiceSide,
  type ServiceUserApi,
} from "@peerloom/session/p2p";
import type { Relay } from "../relay.ts";

/** The Service API of a server. */
export interface ServiceApi extends ServiceUserApi {
  /**
   * The functions of one service of this server, which may have many. What clients ask of such a service is answered here; APIs that
   * it does not have here are left to the client of that id.
   *
   * @throws TypeError without the option `isService`, or when the name is none.
   */
  asService(serviceName: string): ServiceSide;
  /** Takes all APIs of all services back; topics stay. */
  destroyAllServices(): Promise<void>;
  /** The APIs there are, by service. A copy. */
  readonly serviceApis: ReadonlyMap<string, readonly string[]>;
  /** The topics there are, by service. A copy. */
  readonly createdTopics: ReadonlyMap<string, readonly string[]>;
}

interface OwnService {
  readonly apis: ServiceApis;
  readonly side: ServiceSide;
}

export interface ServiceApiOptions {
  readonly relay: Relay;
  readonly isService: boolean;
  readonly emitTo: MessageApi["emitTo"];
  readonly report: (error: unknown) => void;
}

/** Makes the Service API. */
export function createServiceApi({ relay, isService, emitTo, report }: ServiceApiOptions): ServiceApi {
  const services = new Map<string, OwnService>();
  const call = (service: string, method: "emit" | "request", args: readonly unknown[]): PromiseLike<unknown> =>
    relay.service<Record<typeof method, (...args: unknown[]) => unknown>>(service)[method](...args);

  const create = (name: string): OwnService => {
    const apis = interceptP2pEmit(relay, name, report);
    initTopicApis(relay, name, apis);
    const emitClient: ServiceSide["emitClient"] = (clientId, event, ...args) => emitTo(clientId, P2P_EMIT, name, event, ...args);
    return { apis, side: createServiceSide({ apis, topics: new OwnTopics(relay, name), emitClient, report }) };
  };

  const user = createServiceUser(relay, call, report);
  return {
    ...user,
    asService: (name) => {
      if (!isService) throw new TypeError("only servers created with { isService: true } can be a service");
      const service = services.get(name) ?? create(name);
      services.set(name, service);
      return service.side;
    },
    destroyAllServices: async () => {
      await Promise.all([...services.values()].map(({ apis }) => apis.remove()));
    },
    get serviceApis() {
      return new Map([...services].map(([name, { apis }]) => [name, apis.names]));
    },
    get createdTopics() {
      return new Map([...services].map(([name, { side }]) => [name, side.createdTopics]));
    },
  };
}

/** The APIs of a service that the relay answers itself: its own come before all others in the list of who offers what. */
function interceptP2pEmit(relay: Relay, service: string, report: (error: unknown) => void): ServiceApis {
  return new ServiceApis(service, (name, methods) => relay.provide(name, methods), report);
}

/** Makes the relay a provider of the service: only then may it publish topics, which clients subscribe to. */
function initTopicApis(relay: Relay, service: string, apis: ServiceApis): void {
  relay.provide(service, { apis: () => apis.names });
}
