import {
  createServiceSide,
  createServiceUser,
  OwnTopics,
  ServiceApis,
  type MessageApi,
  type ServiceSide,
  type ServiceUserApi,
} from "@peerloom/session/p2p";
import type { Client } from "../client.ts";

/** The Service API of a client. What only a service can do throws a TypeError without the option `isService`. */
export interface ServiceApi extends ServiceUserApi, ServiceSide {
  /** Listens to what a service sends to this client by `emitClient`. */
  onService(service: string, event: string, callback: (...args: never[]) => unknown): void;
}

export interface ServiceApiOptions {
  readonly client: Client;
  readonly clientId: string;
  readonly isService: boolean;
  readonly messages: MessageApi;
  readonly report: (error: unknown) => void;
}

/** Makes the Service API. A client is one service, of its own id. */
export function createServiceApi({ client, clientId, isService, messages, report }: ServiceApiOptions): ServiceApi {
  const call = (service: string, method: "emit" | "request", args: readonly unknown[]): PromiseLike<unknown> =>
    client.service<Record<typeof method, (...args: unknown[]) => unknown>>(service)[method](...args);
  const onService: ServiceApi["onService"] = (service, event, callback) => void messages.from(service).on(event, callback);
  const user = createServiceUser(client, call, report);
  if (!isService) return Object.defineProperties(noService(), Object.getOwnPropertyDescriptors({ ...user, onService })) as ServiceApi;

  const apis = new ServiceApis(clientId, (name, methods) => client.provide(name, methods), report);
  initTopicListeners(client, clientId, apis, report);
  const side = createServiceSide({ apis, topics: new OwnTopics(client, clientId), emitClient: messages.emitTo, report });
  return Object.defineProperties(side, Object.getOwnPropertyDescriptors({ ...user, onService })) as ServiceApi;
}

/** Makes this client a service in the relay's list: only then may it publish topics, which others subscribe to. */
function initTopicListeners(client: Client, clientId: string, apis: ServiceApis, report: (error: unknown) => void): void {
  const { ready } = client.provide(clientId, { apis: () => apis.names });
  ready.catch(report);
}

function noService(): ServiceSide {
  const refuse = (): never => {
    throw new TypeError("only clients created with { isService: true } can be a service");
  };
  return {
    provideService: refuse,
    destroyService: refuse,
    emitClient: refuse,
    createTopic: refuse,
    destroyTopic: refuse,
    publishTopic: refuse,
    createdTopics: [],
  };
}
