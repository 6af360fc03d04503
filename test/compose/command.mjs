import { spawn } from 'node:child_process';

/** Most of an output that a failure shows. */
const SHOWN = 4_000;

/** Runs a program to its end and gives its standard output. Throws with the end of its output where it fails. */
export async function output(program, args, { timeoutMs = 1_800_000, ...options } = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let out = '';
  let all = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
    all = (all + text).slice(-SHOWN);
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    all = (all + text).slice(-SHOWN);
  });
  const late = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(late);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ended with ${code}\n${all}`);
  return out.trim();
}

/** Whether a program is there. */
export async function has(program, args = ['--version']) {
  try {
    await output(program, args, { timeoutMs: 30_000 });
    return true;
  } catch {
    return false;
  }
}

/** Asks again until the answer is not null. Throws with the last reason when the time is over. */
export async function until(what, ask, timeoutMs = 60_000) {
  const end = Date.now() + timeoutMs;
  let reason = 'it is not so';
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== null) return answer;
    } catch (error) {
      reason = error.message;
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutMs / 1_000} s (${reason})`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
