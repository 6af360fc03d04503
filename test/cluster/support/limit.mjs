import { jest } from '@jest/globals';

/**
 * Longest time of a test on a control plane. Controllers look for new kinds only every 30 s, leases run for 15 s, and
 * Helm waits for up to a minute: each wait has a limit of its own below this one, which tells what it waited for.
 */
jest.setTimeout(150_000);
