import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export type Direction = 'requests' | 'answers';

/** Two ends of one connection through the proxy. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** A stall that is to come. */
interface Stalling {
  readonly direction: Direction;
  /** That still go through before it. */
  bytes: number;
  readonly begin: () => void;
}

/** Stands between a client and a server on this machine, and breaks what goes through it when it is told to. */
export class TcpProxy {
  readonly port: number;
  /** Where new connections go; may be changed when the server has moved. */
  targetPort: number;
  /** Connections that were made through it, ever. */
  connections = 0;
  private readonly listener: Server;
  private readonly pairs = new Set<Pair>();
  private isStalled = false;
  private lost: Direction | null = null;
  private stalling: Stalling | null = null;

  private constructor(listener: Server, targetPort: number) {
    this.listener = listener;
    this.targetPort = targetPort;
    this.port = (listener.address() as AddressInfo).port;
    listener.on('connection', (client: Socket) => {
      this.join(client);
    });
  }

  /** Listens on a port of 127.0.0.1 that the system chooses. */
  static async listen(targetPort: number): Promise<TcpProxy> {
    const listener = createServer({ allowHalfOpen: true, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(0, '127.0.0.1', resolve);
    });
    return new TcpProxy(listener, targetPort);
  }

  /** The same address through the proxy. */
  through(url: string): string {
    const proxied = new URL(url);
    proxied.hostname = '127.0.0.1';
    proxied.port = String(this.port);
    return proxied.href.replace(/\/$/, url.endsWith('/') ? '/' : '');
  }

  /** Connections that are open now. */
  get open(): number {
    return this.pairs.size;
  }

  /** Ends every connection by a TCP reset on both sides. */
  reset(): void {
    for (const { client, server } of this.pairs) {
      cut(client);
      cut(server);
    }
  }

  /** From now on nothing goes through in either direction, on old connections and new ones; nothing is lost. */
  stall(): void {
    this.isStalled = true;
    for (const { client, server } of this.pairs) {
      client.pause();
      server.pause();
    }
  }

  /**
   * Stalls as soon as so many bytes from now on have gone through in one direction, give or take what is read at once:
   * in the middle of a transfer, however fast it is. Resolves then.
   */
  stallAfter(direction: Direction, bytes: number): Promise<void> {
    return new Promise((resolve) => {
      this.stalling = { direction, bytes, begin: resolve };
    });
  }

  /** Lets everything through that has waited. */
  resume(): void {
    this.isStalled = false;
    for (const { client, server } of this.pairs) {
      client.resume();
      server.resume();
    }
  }

  /**
   * From now on what clients send, or what servers answer, is lost, while the other direction goes on; null: nothing is
   * lost any more. Connections that lost something are good for nothing but a `reset`.
   */
  lose(direction: Direction | null): void {
    this.lost = direction;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.listener.close(resolve));
    this.reset();
    await closed;
  }

  private join(client: Socket): void {
    this.connections++;
    const server = connect({
      port: this.targetPort,
      host: '127.0.0.1',
      noDelay: true,
      allowHalfOpen: true,
    });
    const pair = { client, server };
    this.pairs.add(pair);
    this.forward('requests', client, server);
    this.forward('answers', server, client);
    for (const socket of [client, server]) {
      // What the other end did to the connection is done to this one.
      socket.on('error', () => {
        cut(client);
        cut(server);
      });
      socket.on('close', () => {
        this.pairs.delete(pair);
        client.destroy();
        server.destroy();
      });
      if (this.isStalled) socket.pause();
    }
  }

  private forward(direction: Direction, from: Socket, to: Socket): void {
    from.on('data', (bytes) => {
      if (this.lost === direction || !to.writable) return;
      const isRoomLeft = to.write(bytes);
      this.countDown(direction, bytes.length);
      if (isRoomLeft) return;
      from.pause();
      to.once('drain', () => {
        if (!this.isStalled) from.resume();
      });
    });
    from.on('end', () => {
      to.end();
    });
  }

  private countDown(direction: Direction, bytes: number): void {
    const { stalling } = this;
    if (stalling?.direction !== direction) return;
    stalling.bytes -= bytes;
    if (stalling.bytes > 0) return;
    this.stalling = null;
    this.stall();
    stalling.begin();
  }
}

/**
 * Ends one side by a TCP reset. Not one that is ending: libuv refuses to reset a socket that is being shut down
 * (EINVAL), and Node then never closes it, and waits for it without end when it exits.
 */
function cut(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
