import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly retryAfterSeconds: number | null;
  readonly body: string;
}

const HEADER_END = Buffer.from('\r\n\r\n');
const TIMEOUT_MS = 30_000;

/**
 * One keep-alive HTTP/1.1 connection with one request at a time. Node's own client costs more CPU per request than
 * the server under test, and both run on the same two cores. The server must answer with Content-Length.
 */
export class Connection {
  private readonly socket: Socket;
  private received = Buffer.alloc(0);
  private settle: ((answer: RawAnswer) => void) | null = null;
  private fail: ((error: Error) => void) | null = null;
  private readonly host: string;

  private constructor(socket: Socket, host: string) {
    this.socket = socket;
    this.host = host;
    socket.setNoDelay(true);
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer within 30 s')));
    socket.on('data', (chunk) => {
      this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
      this.read();
    });
    socket.on('error', (error) => this.fail?.(error));
    socket.on('close', () => this.fail?.(new Error('connection closed')));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Connection(socket, `127.0.0.1:${port}`));
      });
    });
  }

  post(path: string, body: Buffer | string, headers = ''): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
      const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
      this.socket.cork();
      this.socket.write(
        `POST ${path} HTTP/1.1\r\nHost: ${this.host}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${headers}\r\n`,
      );
      this.socket.write(body);
      this.socket.uncork();
    });
  }

  close(): void {
    this.fail = null;
    this.socket.destroy();
  }

  private read(): void {
    const end = this.received.indexOf(HEADER_END);
    if (end < 0) return;
    const head = this.received.toString('latin1', 0, end);
    const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    const bodyStart = end + HEADER_END.length;
    if (this.received.length < bodyStart + length) return;
    const body = this.received.toString('utf8', bodyStart, bodyStart + length);
    this.received = this.received.subarray(bodyStart + length);
    const retryAfter = /retry-after: *(\d+)/i.exec(head)?.[1];
    this.settle?.({
      status: Number(head.slice(9, 12)),
      retryAfterSeconds: retryAfter === undefined ? null : Number(retryAfter),
      body,
    });
  }
}
