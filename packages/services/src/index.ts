export type { CallOptions } from "./caller.ts";
export type { ServiceContext } from "./context.ts";
export type { ProviderListener, ServiceDirectory, ServiceOffer } from "./directory.ts";
export type { ServiceMethods } from "./methods.ts";
export type { Service, UntypedService } from "./proxy.ts";
export type { ServiceCall, ServiceStream } from "./service-call.ts";
export { Services, type ProvidedService, type ProvideOptions, type ServiceOptions, type ServicesOptions } from "./services.ts";
