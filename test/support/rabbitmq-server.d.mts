/** Path of the rabbitmq-server that RABBITMQ_SERVER names, else of an installed one; null where there is none. */
export function findBroker(): string | null;

export interface BrokerOptions {
  /** Becomes the folder of the node, and goes with `remove`. */
  readonly folder: string;
  /** One that the system chooses unless it is given. */
  readonly port?: number;
  /** Not given: without the plugin. */
  readonly prometheusPort?: number;
  /** Further lines of rabbitmq.conf. */
  readonly configuration?: readonly string[];
}

/** A RabbitMQ node of its own, with everything that it writes in one folder. */
export class BrokerProcess {
  static start(options: BrokerOptions): Promise<BrokerProcess>;
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Starts it again after `kill`; resolves when it serves. */
  start(): Promise<void>;
  /** Ends it at once, as a crash does. Resolves when it has ended. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Stops it and removes what it wrote. */
  remove(): Promise<void>;
  /** Runs rabbitmqctl against it; resolves with what it wrote, rejects when it failed. */
  ctl(...args: readonly string[]): Promise<string>;
}
