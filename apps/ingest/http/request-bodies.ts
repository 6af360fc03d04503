import type { IncomingMessage } from 'node:http';
import {
  CONTENT_ENCODINGS,
  contentEncoding,
  inflate,
  type Admission,
  type ContentEncoding,
  type IngestAnswer,
  type Inflated,
  type Reservation,
} from '#delivery';
import { problem } from '#problem';
import type { IngestSettings } from '../settings.ts';
import { BodyReader, type BodyReading } from './body-reader.ts';

const ACCEPTED_ENCODINGS = CONTENT_ENCODINGS.join(', ');

type Outcome =
  | { readonly kind: 'body'; readonly body: Buffer }
  | { readonly kind: 'answer'; readonly answer: IngestAnswer };

/** Gets the inflated body of a request: admits it, reads it and inflates it, all within bounds. */
export class RequestBodies {
  private readonly admission: Admission;
  private readonly reader: BodyReader;
  private readonly settings: IngestSettings;

  constructor(admission: Admission, settings: IngestSettings) {
    this.admission = admission;
    this.reader = new BodyReader(settings.maxBodyBytes, settings.bodyTimeoutMs);
    this.settings = settings;
  }

  /** Ends what is being read: a slow sender must not hold up a shutdown. */
  close(): void {
    this.reader.close();
  }

  /** Hands the body over and counts it as received until the answer is known. */
  async using(
    request: IncomingMessage,
    use: (body: Buffer) => Promise<IngestAnswer>,
  ): Promise<IngestAnswer> {
    const length = lengthOf(request.headers['content-length']);
    if (length !== null && length > this.settings.maxBodyBytes) return this.tooLarge();
    const encoding = contentEncoding(request.headers['content-encoding']);
    if (encoding === undefined) return unknownEncoding();
    const decision = this.admission.decide(length);
    if (decision.kind === 'refused') {
      await this.discard(request);
      return decision.answer;
    }
    const { reservation } = decision;
    try {
      const got = await this.get(request, length ?? 0, encoding, reservation);
      return got.kind === 'body' ? await use(got.body) : got.answer;
    } finally {
      reservation.release();
    }
  }

  private async get(
    request: IncomingMessage,
    reserved: number,
    encoding: ContentEncoding | null,
    reservation: Reservation,
  ): Promise<Outcome> {
    const reading = await this.reader.read(request, reserved, reservation);
    if (reading.kind !== 'read') return { kind: 'answer', answer: this.unread(reading) };
    if (encoding === null) return { kind: 'body', body: reading.body };
    const inflated = await inflate(reading.body, encoding, {
      maxBytes: this.settings.maxInflatedBytes,
      grow: (bytes) => reservation.grow(bytes),
    });
    if (inflated.kind === 'inflated') return { kind: 'body', body: inflated.body };
    return { kind: 'answer', answer: this.notInflated(inflated, encoding) };
  }

  /**
   * While the server shuts down a connection is closed after its answer: with a part of the body unread the sender
   * would see a reset instead of the answer.
   */
  private async discard(request: IncomingMessage): Promise<void> {
    if (!this.admission.draining) return;
    await this.reader.read(request, Number.POSITIVE_INFINITY, {
      grow: () => true,
      release: nothing,
    });
  }

  private unread(reading: Exclude<BodyReading, { kind: 'read' }>): IngestAnswer {
    switch (reading.kind) {
      case 'too-large':
        return this.tooLarge();
      case 'no-room':
        return this.admission.full();
      case 'too-slow': {
        const seconds = Math.ceil(this.settings.bodyTimeoutMs / 1_000);
        const detail = `The body did not arrive within ${seconds} s; send a smaller one.`;
        return problem(408, 'body-timeout', detail, { headers: { connection: 'close' } });
      }
      case 'interrupted':
        return this.admission.full();
      case 'gone':
        return problem(400, 'body-incomplete', 'The connection ended before the body did.');
    }
  }

  private notInflated(
    inflated: Exclude<Inflated, { kind: 'inflated' }>,
    encoding: ContentEncoding,
  ): IngestAnswer {
    switch (inflated.kind) {
      case 'too-large': {
        const detail = `The body is larger than ${this.settings.maxInflatedBytes} bytes after inflation; send several requests.`;
        return problem(413, 'body-too-large', detail);
      }
      case 'no-room':
        return this.admission.full();
      case 'corrupt':
        return problem(
          400,
          'corrupt-encoding',
          `The body is not valid ${encoding} data; check Content-Encoding.`,
        );
    }
  }

  private tooLarge(): IngestAnswer {
    const detail = `The body is larger than ${this.settings.maxBodyBytes} bytes as it was sent; send several requests, or compress it.`;
    return problem(413, 'body-too-large', detail);
  }
}

function unknownEncoding(): IngestAnswer {
  const detail = `The content encoding is not accepted; accepted are ${ACCEPTED_ENCODINGS}, one at a time.`;
  return problem(415, 'unsupported-content-encoding', detail, {
    headers: { 'accept-encoding': ACCEPTED_ENCODINGS },
  });
}

/** Null when it is not announced. */
function lengthOf(header: string | undefined): number | null {
  return header === undefined ? null : Number(header);
}

function nothing(): void {
  // There is nothing to give back.
}
