import type { FastifyReply } from 'fastify';

/** Answers 200 with what is as of now: no cache may keep it. */
export async function sendJson(reply: FastifyReply, value: unknown): Promise<void> {
  await reply
    .status(200)
    .header('content-type', 'application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(value));
}
