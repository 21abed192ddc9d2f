import type { Driver } from "../driver.ts";

/** A medium of its own for one test, and the drivers on it. */
export interface DriverWorld {
  /** Makes a driver over a connection of its own. The suite closes it. */
  create(): Driver | Promise<Driver>;
  /** Ends the medium, after its drivers. Throw here when a closed driver has left something behind. */
  close(): Promise<void> | void;
}

/** What the suite has to know of the driver that it tests. */
export interface DriverSuite<World extends DriverWorld = DriverWorld> {
  /** For the names of the tests. */
  readonly name: string;
  readonly open: () => World | Promise<World>;
  /** Puts the medium out of reach of all drivers, as the end of a broker would. Without it and `restore`, nothing of that is tested. */
  readonly cut?: (world: World) => Promise<void> | void;
  readonly restore?: (world: World) => Promise<void> | void;
  /**
   * Has the medium bring what is no message: at least one, of the wrong type or form, to drivers that listen at `address`. Without it
   * that is not tested: some media can carry nothing but bytes.
   */
  readonly disturb?: (world: World, address: string) => Promise<void> | void;
}

/** The suite's options, its world, and how to get drivers that are closed at the end. */
export interface Scene {
  readonly create: () => Promise<Driver>;
  readonly cut: () => Promise<void>;
  readonly restore: () => Promise<void>;
  readonly disturb: (address: string) => Promise<void>;
}

/** A sentence, and what proves it. */
export type Case = readonly [title: string, run: (scene: Scene) => Promise<void>];
