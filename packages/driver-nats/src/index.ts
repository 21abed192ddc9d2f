export { natsDriver, type NatsDriverOptions } from "./nats-driver.ts";
