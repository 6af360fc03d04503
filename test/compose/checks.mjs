import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from './command.mjs';

const MOST_BYTES = 300_000_000;
const EVENTS = 1_000;

/** What has to be true of a pipeline of docker-compose.yml, in order: each is told by its name. */
export function checksOf({ docker, compose, ingest, gateway, token, withIndex }) {
  let cookie = '';
  const get = async (path) => {
    const response = await fetch(`${gateway}${path}`, { headers: { cookie } });
    if (response.status !== 401) return response;
    cookie = await login();
    return await fetch(`${gateway}${path}`, { headers: { cookie } });
  };
  const login = async () => {
    const script = "fs.readFileSync('/secrets/admin-password','utf8')";
    const node = ['exec', '-T', 'gateway', '/usr/local/bin/node', '-p', script];
    const response = await fetch(`${gateway}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'admin', password: (await compose(...node)).trim() }),
    });
    assert.equal(response.status, 200);
    return response.headers.get('set-cookie').split(';')[0];
  };
  const count = async (query) => {
    const response = await get(`/api/v1/count?q=${encodeURIComponent(query)}`);
    return (await response.json()).count;
  };
  const found = (query, events) =>
    until(`${events} events of ${query}`, async () =>
      (await count(query)) === events ? true : null,
    );
  const health = async () => await (await get('/api/v1/pipeline/health')).json();
  const alive = (kind, processes) =>
    until(`${processes} of ${kind} alive`, async () => {
      const { processes: all } = await health();
      const living = all.filter((each) => each.kind === kind && each.state === 'alive');
      return living.length === processes ? true : null;
    });
  const send = async (service) => {
    const events = Array.from({ length: EVENTS }, (_, i) => ({ message: `event ${i}`, service }));
    const response = await fetch(`${ingest}/logs/batch`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': service,
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify(events),
    });
    assert.equal(response.status, 202);
    assert.equal((await response.json()).accepted, EVENTS);
  };
  const idsOf = async (service) => (await compose('ps', '--quiet', service)).split('\n');

  return {
    'the image is small': async () => {
      const size = Number(await docker('image', 'inspect', '--format', '{{.Size}}', 'penstock'));
      assert.ok(size < MOST_BYTES, `${size} bytes`);
      return `${Math.round(size / 1e6)} MB`;
    },
    'the image has labels, and a health check that says how its process is': async () => {
      const format = '{{json .Config.Labels}} {{json .Config.Healthcheck.Test}}';
      const said = await docker('image', 'inspect', '--format', format, 'penstock');
      assert.match(said, /"org.opencontainers.image.title":"Penstock"/);
      const [, command] = / \["CMD",(.*)\]$/.exec(said) ?? [];
      for (const service of ['ingest', 'writer', 'gateway', 'keeper'])
        await compose('exec', '-T', service, ...JSON.parse(`[${command}]`));
    },
    'every process runs as an ordinary user on a root that is read-only': async () => {
      const script =
        "const fs=require('fs');let code='written';try{fs.writeFileSync('/app/x','')}catch(e){code=e.code}" +
        "console.log(process.getuid()+' '+code+' '+/CapEff:\\s*0+$/m.test(fs.readFileSync('/proc/self/status','utf8')))";
      for (const service of ['ingest', 'writer', 'gateway', 'keeper']) {
        const said = await compose('exec', '-T', service, '/usr/local/bin/node', '-e', script);
        assert.equal(`${service} ${said}`, `${service} 65532 EROFS true`);
      }
    },
    'DuckDB runs in the image': async () => {
      const script =
        "import('@duckdb/node-api').then(async ({DuckDBInstance})=>{const db=await DuckDBInstance.create();" +
        "const rows=await (await db.connect()).runAndReadAll('select 42');console.log(rows.getRows()[0][0])})";
      const said = await compose('exec', '-T', 'keeper', '/usr/local/bin/node', '-e', script);
      assert.equal(said, '42');
    },
    'no password is in the settings of a container': async () => {
      const ids = (await compose('ps', '--all', '--quiet')).split('\n');
      const settings = await docker('inspect', '--format', '{{json .Config.Env}}', ...ids);
      assert.doesNotMatch(settings, /(PASSWORD|MASTER_KEY|API_KEY|TOKEN)=[^",]|:\/\/penstock:/);
    },
    'nobody sends without the token': async () => {
      const response = await fetch(`${ingest}/logs`, { method: 'POST', body: '{"message":"x"}' });
      assert.equal(response.status, 401);
    },
    'nothing is read without a login': async () => {
      const response = await fetch(`${gateway}/api/v1/search`);
      assert.equal(response.status, 401);
    },
    'what is posted is found': async () => {
      await send('first');
      await found('service:first', EVENTS);
    },
    'the page is served': async () => {
      const response = await fetch(`${gateway}/`);
      assert.equal(response.status, 200);
      assert.match(await response.text(), /<title>Penstock<\/title>/);
    },
    'the index answers': async () => {
      if (!withIndex) return 'not checked: there is no meilisearch on this machine';
      await until('the index is fed', async () => {
        const { index } = await health();
        return index !== null && index.groups === 0 ? true : null;
      });
      const response = await get('/api/v1/search?q=event&mode=similar');
      assert.equal(response.status, 200);
      assert.ok((await response.json()).hits.length > 0);
      return undefined;
    },
    'two writers share the load, and four after --scale writer=4': async () => {
      await alive('writer', 2);
      await compose('up', '--detach', '--wait', '--no-recreate', '--scale', 'writer=4');
      await alive('writer', 4);
      await send('scaled');
      await found('service:scaled', EVENTS);
    },
    'a writer that is killed loses nothing, and starts again': async () => {
      const [id] = await idsOf('writer');
      const sent = send('killed');
      await docker('kill', id);
      await docker('start', id);
      await sent;
      await found('service:killed', EVENTS);
    },
    'a container that is stopped while its program is loaded ends by itself': async () => {
      const [id] = await idsOf('writer');
      await docker('stop', id);
      for (const ms of [0, 50, 200, 500, 1_000]) {
        await docker('start', id);
        await delay(ms);
        await docker('stop', '-t', '20', id);
        const code = await docker('inspect', '--format', '{{.State.ExitCode}}', id);
        assert.equal(`after ${ms} ms: ${code}`, `after ${ms} ms: 0`);
      }
      await docker('start', id);
    },
    'a repeated request is stored once': async () => {
      await send('first');
      await found('service:first', EVENTS);
    },
    'processes end in order': async () => {
      await compose('stop', 'writer', 'ingest', 'gateway', 'keeper');
      const ids = (
        await compose('ps', '--all', '--quiet', 'writer', 'ingest', 'gateway', 'keeper')
      ).split('\n');
      const codes = await docker('inspect', '--format', '{{.State.ExitCode}}', ...ids);
      assert.deepEqual([...new Set(codes.split('\n'))], ['0']);
    },
    'everything is there after down and up': async () => {
      await compose('down');
      await compose('up', '--detach', '--wait');
      for (const service of ['first', 'scaled', 'killed'])
        await found(`service:${service}`, EVENTS);
    },
  };
}
