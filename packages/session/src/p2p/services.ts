import { splitAck, type Callback } from "./callbacks.ts";
import { apiName } from "./names.ts";
import type { ServiceApis } from "./service-apis.ts";
import { Subscriptions, type OwnTopics, type TopicPort } from "./topics.ts";
import { unpackValues } from "./values.ts";

/** What one service does, wherever it is offered: on a client, or on the server. */
export interface ServiceSide {
  /** Offers an API. The callback gets the caller's arguments, and an acknowledge function when the caller passed one. @returns resolves when others can call it; that it is refused is told to `SERVER_ERROR`, too. */
  provideService(api: string, callback: Callback): Promise<void>;
  /** Takes a callback back, or without one the API, or without `api` all APIs. Topics stay. */
  destroyService(api?: string, callback?: Callback): Promise<void>;
  /** Sends an event in the name of the service; `onService` hears it. A function behind the arguments is called with what is acknowledged. */
  readonly emitClient: (clientId: string, event: string, ...args: unknown[]) => boolean;
  /** Creates topics, given as arguments or as a list; those that there are stay as they are. */
  createTopic(...names: (string | readonly string[])[]): void;
  /** Destroys topics, all without names. */
  destroyTopic(...names: (string | readonly string[])[]): Promise<void>;
  /** @throws TypeError when there is no such topic. */
  publishTopic(name: string, ...args: unknown[]): boolean;
  /** The names of the topics there are. */
  readonly createdTopics: readonly string[];
}

/** What every user of services can do. */
export interface ServiceUserApi {
  /**
   * Calls an API of a service, whoever offers it. A function behind the arguments is called with what the service acknowledges; what
   * fails (`NO_PROVIDER` when nobody offers it, `TIMEOUT`, what the service threw) goes to the listeners of `SERVER_ERROR`.
   */
  emitService(service: string, api: string, ...args: unknown[]): void;
  /** Subscribes to a topic, whether it exists yet or not. @returns resolves when the relay knows. What is missed for good (`GAP`) is told to `SERVER_ERROR`. */
  subscribeTopic(service: string, topic: string, callback: Callback): Promise<void>;
  /** Removes all that was subscribed to this topic here. */
  unsubscribeTopic(service: string, topic: string): Promise<void>;
}

/** Calls a method of a service: `port.service(name)[method](...args)`. */
export type Call = (service: string, method: "emit" | "request", args: readonly unknown[]) => PromiseLike<unknown>;

/** Makes the functions of users of services. */
export function createServiceUser(port: TopicPort, call: Call, report: (error: unknown) => void): ServiceUserApi {
  const subscriptions = new Subscriptions(port, report);
  return {
    emitService: (service, api, ...given) => {
      const [args, ack] = splitAck(given);
      const answer = Promise.resolve(call(apiName(service, api), ack === undefined ? "emit" : "request", args));
      void answer.then((value) => ack?.(...unpackValues(value))).catch(report);
    },
    subscribeTopic: (service, topic, callback) => quietly(subscriptions.add(service, topic, callback), report),
    unsubscribeTopic: (service, topic) => subscriptions.remove(service, topic),
  };
}

export interface ServiceSideParts {
  readonly apis: ServiceApis;
  readonly topics: OwnTopics;
  readonly emitClient: ServiceSide["emitClient"];
  readonly report: (error: unknown) => void;
}

/** Makes the functions of one service. */
export function createServiceSide({ apis, topics, emitClient, report }: ServiceSideParts): ServiceSide {
  return {
    provideService: (api, callback) => quietly(apis.add(api, callback), report),
    destroyService: (api, callback) => apis.remove(api, callback),
    emitClient,
    createTopic: (...names) => topics.create(names),
    destroyTopic: (...names) => topics.destroy(names),
    publishTopic: (name, ...args) => topics.publish(name, args),
    get createdTopics() {
      return topics.names;
    },
  };
}

/** The promise itself; that it rejects ends no process when nobody looks at it. `report` is told, too. */
export function quietly<T>(promise: Promise<T>, report: (error: unknown) => void = () => {}): Promise<T> {
  promise.catch(report);
  return promise;
}
