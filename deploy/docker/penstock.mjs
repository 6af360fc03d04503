/** Entry point of the image: `penstock <command> [flags]`. The process runs in this one, so that it gets the signals. */
import { PROCESSES, TASKS } from './processes.mjs';

const COMMANDS = [...Object.keys(PROCESSES), ...TASKS];
const USAGE = `Usage: docker run penstock <${COMMANDS.join('|')}> [flags]

  ingest      takes logs over HTTP on port 3000 and puts them into RabbitMQ
  writer      stores them in Postgres, and in Meilisearch where it is set
  gateway     query API and page on port 3001
  keeper      background jobs
  operator    makes LogPipeline resources run on Kubernetes
  standalone  ingest, writer, gateway and keeper in one process on port 3000; here it needs DATABASE_URL
  migrate     brings the tables in Postgres up to date, and ends
  segments    lists columnar files, verifies them, puts events back into Postgres, finds lost files again
  init        makes the passwords of docker-compose.yml
`;

const [node = '', , command = '', ...flags] = process.argv;

if (!COMMANDS.includes(command)) {
  const isHelp = ['help', '--help', '-h'].includes(command);
  (isHelp ? process.stdout : process.stderr).write(
    isHelp || command === '' ? USAGE : `There is no command "${command}".\n\n${USAGE}`,
  );
  process.exit(isHelp ? 0 : 64);
}

/** Where the commands are that are not called like their folder. */
const PLACES = { init: './init.mjs', segments: '../../dist/apps/standalone/segments/main.js' };

const main = new URL(PLACES[command] ?? `../../dist/apps/${command}/main.js`, import.meta.url);
process.argv = [node, main.pathname, ...flags];
await import(main.href);
