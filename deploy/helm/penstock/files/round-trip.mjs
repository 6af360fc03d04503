import { randomUUID } from 'node:crypto';

// What `helm test` runs: posts one log to a pipeline and reads it back through the search API.
const { INGEST_URL, GATEWAY_URL, TIMEOUT_SECONDS = '60' } = process.env;
const { INGEST_TOKEN, ADMIN_NAME = 'admin', ADMIN_PASSWORD } = process.env;
const deadline = Date.now() + Number(TIMEOUT_SECONDS) * 1_000;
const word = `roundtrip${randomUUID().replaceAll('-', '')}`;
const authorization = INGEST_TOKEN ? { authorization: `Bearer ${INGEST_TOKEN}` } : {};

const call = async (url, options = {}) => {
  const headers = { 'content-type': 'application/json', ...options.headers };
  const response = await fetch(url, { ...options, headers, signal: AbortSignal.timeout(15_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 500)}`);
  return { answer: JSON.parse(text), cookie: response.headers.get('set-cookie')?.split(';')[0] };
};

/** The cookie of a session, or nothing where the gateway asks nobody who they are. */
const logIn = async () => {
  const { answer } = await call(`${GATEWAY_URL}/api/v1/session`);
  if (answer.auth === 'off') return {};
  const body = JSON.stringify({ name: ADMIN_NAME, password: ADMIN_PASSWORD ?? '' });
  const { cookie } = await call(`${GATEWAY_URL}/api/v1/session`, { method: 'POST', body });
  return { cookie };
};

/** Goes on until it holds, since a pipeline that was made a moment ago is still starting. */
const until = async (what, attempt) => {
  for (;;) {
    const reason = await attempt().then(
      (done) => (done ? null : 'not yet'),
      (error) => error.cause?.message ?? error.message,
    );
    if (reason === null) return;
    if (Date.now() > deadline)
      throw new Error(`${what}: not within ${TIMEOUT_SECONDS} s: ${reason}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
};

try {
  const body = JSON.stringify({
    level: 'info',
    message: `helm test ${word}`,
    service: 'helm-test',
  });
  await until('posting a log', async () => {
    // The key makes it safe to post again after an answer that got lost.
    const { answer } = await call(`${INGEST_URL}/logs`, {
      method: 'POST',
      body,
      headers: { 'idempotency-key': word, ...authorization },
    });
    return answer.accepted === 1;
  });
  let session;
  await until('finding it', async () => {
    session ??= await logIn();
    const url = `${GATEWAY_URL}/api/v1/search?q=${word}&from=-1h`;
    const { answer } = await call(url, { headers: session });
    return answer.hits.length === 1;
  });
  console.log(`posted a log through ${INGEST_URL} and found it once through ${GATEWAY_URL}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
