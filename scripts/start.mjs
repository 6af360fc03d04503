/**
 * `npm start`: installs and builds what is missing or stale, then runs the program with the project's own Node.
 * Needs nothing but Node 20 or newer and npm; everything here is plain JavaScript without packages.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { ROOT, StepFailed, prepare } from './prepare.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** npm and the terminal may both send the same Ctrl-C. */
const SAME_SIGNAL_MS = 500;
const begun = Date.now();

const say = (text) => {
  console.log(`[${((Date.now() - begun) / 1000).toFixed(1).padStart(5)} s] ${text}`);
};

async function step(title, work) {
  say(`${title} ...`);
  const reminder = setInterval(() => {
    say(`still ${title}`);
  }, 15_000);
  try {
    return await work();
  } finally {
    clearInterval(reminder);
  }
}

/** What to do with a signal: nothing runs yet but npm, whose process ends with ours. */
let onSignal = (signal) => {
  process.exit(128 + constants.signals[signal]);
};
let lastSignal = 0;
for (const signal of SIGNALS)
  process.on(signal, () => {
    if (Date.now() - lastSignal < SAME_SIGNAL_MS) return;
    lastSignal = Date.now();
    onSignal(signal);
  });

/** A shell between npm and us may end without passing the signal on: then our parent changes. */
function watchParent() {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) onSignal('SIGTERM');
  }, 500).unref();
}

function runProgram() {
  // A session of its own: a Ctrl-C of the terminal reaches it once, through us. Should we be killed, it sees the
  // channel close and shuts down.
  const child = spawn(
    join(ROOT, 'node_modules/.bin/node'),
    [
      '--disable-warning=ExperimentalWarning',
      '--enable-source-maps',
      join(ROOT, 'dist/apps/standalone/main.js'),
      ...process.argv.slice(2),
    ],
    {
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { LOG_FORMAT: 'text', ...process.env },
    },
  );
  onSignal = (signal) => {
    child.kill(signal);
  };
  child.on('message', welcome);
  child.once('error', (error) => {
    console.error(`The program could not be started: ${error.message}`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => {
    if (signal !== null)
      console.error(`
The program was ended by ${signal}, not by itself. What was answered with 202 is stored; npm start goes on with it.`);
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
  });
}

function welcome({ url }) {
  say('ready');
  console.log(`
  Search page   ${url}
  Send a log    curl ${url}/logs -H 'content-type: application/json' -d '{"level":"info","message":"hello"}'
  Stop          Ctrl-C
`);
}

try {
  if (Number(process.versions.node.split('.')[0]) < 20)
    throw new StepFailed(`Penstock needs Node 20 or newer; this is ${process.version}.`);
  watchParent();
  await prepare(step);
  runProgram();
} catch (error) {
  console.error(error instanceof StepFailed ? error.message : error);
  process.exitCode = 1;
}
