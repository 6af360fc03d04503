/** One service of the imagined shop: what its log lines say. `{}` is replaced by a value of the request. */
export interface ServiceProfile {
  readonly name: string;
  readonly servers: number;
  /** Median time that it adds to a request, in ms. */
  readonly latencyMs: number;
  /** From here on it warns, in ms. */
  readonly slowMs: number;
  readonly operations: readonly [Operation, ...Operation[]];
  readonly failures: readonly [string, ...string[]];
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly says: string;
}

export const ENTRY: ServiceProfile = {
  name: 'web-gateway',
  servers: 6,
  latencyMs: 4,
  slowMs: 1_000,
  operations: [
    { method: 'GET', path: '/', says: 'request finished' },
    { method: 'GET', path: '/products', says: 'request finished' },
    { method: 'POST', path: '/cart', says: 'request finished' },
    { method: 'POST', path: '/checkout', says: 'request finished' },
  ],
  failures: ['upstream timed out after {} ms', 'too many requests from client {}'],
};

export const INNER: readonly [ServiceProfile, ...ServiceProfile[]] = [
  {
    name: 'auth-service',
    servers: 4,
    latencyMs: 9,
    slowMs: 36,
    operations: [
      { method: 'POST', path: '/login', says: 'User login successful for user {}' },
      { method: 'POST', path: '/token', says: 'Refreshed session token of user {}' },
    ],
    failures: ['Invalid credentials for user {}', 'Token of user {} has expired'],
  },
  {
    name: 'catalog',
    servers: 8,
    latencyMs: 14,
    slowMs: 56,
    operations: [
      { method: 'GET', path: '/products', says: 'Listed products of page {}' },
      { method: 'GET', path: '/product', says: 'Cache hit for product {}' },
      { method: 'GET', path: '/search', says: 'Search returned {} products' },
    ],
    failures: ['Failed to connect to DB: timeout after {} ms', 'Cache node {} is unreachable'],
  },
  {
    name: 'orders',
    servers: 5,
    latencyMs: 32,
    slowMs: 130,
    operations: [
      { method: 'POST', path: '/orders', says: 'Order {} created' },
      { method: 'GET', path: '/orders', says: 'Loaded order {}' },
    ],
    failures: ['Failed to connect to DB: timeout after {} ms', 'Deadlock while updating order {}'],
  },
  {
    name: 'payments',
    servers: 3,
    latencyMs: 120,
    slowMs: 480,
    operations: [
      { method: 'POST', path: '/charge', says: 'Charged payment {}' },
      { method: 'POST', path: '/refund', says: 'Refunded payment {}' },
    ],
    failures: ['Card declined for payment {}', 'Payment provider answered 502 for payment {}'],
  },
  {
    name: 'mailer',
    servers: 2,
    latencyMs: 45,
    slowMs: 180,
    operations: [{ method: 'POST', path: '/mail', says: 'Queued confirmation mail for order {}' }],
    failures: ['SMTP connection refused, mail for order {} is delayed'],
  },
];
