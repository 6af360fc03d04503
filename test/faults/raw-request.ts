import { connect, type Socket } from 'node:net';

/** What a server sent on one connection until it or the client closed it, in the form in which it came. */
export interface RawAnswer {
  /** The status of each response, in order. */
  readonly statuses: readonly number[];
  readonly text: string;
}

/** Opens a connection that collects what comes; errors of the connection count as its end. */
export class RawConnection {
  readonly closed: Promise<void>;
  private readonly socket: Socket;
  private received = '';

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (this.received += chunk));
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        resolve();
      });
    });
  }

  static open(port: number): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        resolve(new RawConnection(socket));
      });
    });
  }

  get answer(): RawAnswer {
    const statuses = [...this.received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, code]) =>
      Number(code),
    );
    return { statuses, text: this.received };
  }

  /** Resolves when the bytes are handed to the system, or the connection has ended. */
  write(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.writable)
        this.socket.write(bytes, () => {
          resolve();
        });
      else resolve();
    });
  }

  /** Ends this direction; the answer can still come. */
  endWriting(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }
}
