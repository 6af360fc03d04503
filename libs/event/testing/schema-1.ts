/** A queue message as the encoder of schema 1 wrote it, before schema 2 took its place. */
export const SCHEMA_1 = {
  headers: {
    batchId: '017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
    schema: 1,
    count: 3,
    bytes: 900,
    minTs: '2026-01-15T10:00:00.000000Z',
    maxTs: '2026-01-15T12:00:00.123456Z',
    receivedAt: '2026-01-15T12:00:00.123456Z',
  },
  body: Buffer.from(String.raw`{"timestamp":"2026-01-15T10:00:00.000000Z","level":"warn","message":"a\n\"b\" ,\"metadata\":{\"x\":1}","levelText":"WARNING","service":"schema-1","metadata":{"user":1}}
{"timestamp":"2026-01-15T11:59:59.123456Z","level":"error","message":"größer 🙂","resourceId":"server-1","traceId":"t-1","spanId":"s-1","commit":"abc","service":"schema-1","eventType":"request","metadata":{"parentResourceId":"server-0","deep":[1.5,{"metadata":"}"}]}}
{"timestamp":"2026-01-15T12:00:00.123456Z","level":"info","message":"","service":"schema-1","metadata":{}}
`),
} as const;
