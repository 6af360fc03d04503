import { describe, expect, it } from '@jest/globals';
import { readSettings, settingsOf } from '#config';
import type { WrittenSpec } from '#pipeline';
import type { Manifest } from '../runtime/kube-object.ts';
import { buildContext } from '../testing/build-pipeline.ts';
import { childrenOf } from './children.ts';
import type { SpecContext } from './context.ts';
import { settingsOfPods } from './settings.ts';

const TLS: WrittenSpec = {
  ingest: { tls: { secretRef: { name: 'web' }, clientCaSecretRef: { name: 'clients' } } },
};

const child = (context: SpecContext, kind: string, name: string): Manifest => {
  const { base, writer, keeper, publishers } = childrenOf(context);
  const found = [...base, writer, keeper, ...publishers].find(
    (each) => each.kind === kind && each.metadata.name === name,
  );
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
};

interface Pod {
  readonly containers: readonly [
    {
      readonly env: readonly { readonly name: string; readonly value?: string }[];
      readonly ports: readonly object[];
      readonly volumeMounts: readonly object[];
      readonly readinessProbe: object;
      readonly livenessProbe: object;
      readonly startupProbe: object;
    },
  ];
  readonly volumes: readonly object[];
}

const podOf = (context: SpecContext, component: string): Pod => {
  const deployment = child(context, 'Deployment', `shop-${component}`);
  return (deployment['spec'] as { readonly template: { readonly spec: Pod } }).template.spec;
};
const portsOf = (context: SpecContext, component: string) =>
  (child(context, 'Service', `shop-${component}`)['spec'] as { readonly ports: object[] }).ports;

describe('HTTPS of the pods', () => {
  it('has the certificate mounted, and probes and Service speak it', () => {
    const pod = podOf(buildContext(TLS), 'ingest');
    const [container] = pod.containers;
    expect(Object.fromEntries(container.env.map(({ name, value }) => [name, value]))).toMatchObject(
      {
        TLS_CERT_FILE: '/etc/penstock/tls/tls.crt',
        TLS_KEY_FILE: '/etc/penstock/tls/tls.key',
        TLS_CLIENT_CA_FILE: '/etc/penstock/client-ca/ca.crt',
      },
    );
    expect(container.volumeMounts).toContainEqual({
      name: 'tls',
      mountPath: '/etc/penstock/tls',
      readOnly: true,
    });
    expect(pod.volumes).toContainEqual({
      name: 'tls',
      secret: {
        secretName: 'web',
        items: ['tls.crt', 'tls.key'].map((key) => ({ key, path: key })),
      },
    });
    expect(container.ports).toEqual([{ name: 'https', containerPort: 3_000 }]);
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'] as const)
      expect(container[probe]).toMatchObject({ httpGet: { port: 'https', scheme: 'HTTPS' } });
    expect(portsOf(buildContext(TLS), 'ingest')).toEqual([
      { name: 'https', port: 3_000, targetPort: 'https', protocol: 'TCP', appProtocol: 'https' },
    ]);
  });

  it('is that of one component, and leaves the others as they are', () => {
    for (const component of ['gateway', 'writer', 'keeper'])
      expect(podOf(buildContext(TLS), component)).toEqual(podOf(buildContext(), component));
    expect(portsOf(buildContext(TLS), 'gateway')).toEqual(portsOf(buildContext(), 'gateway'));
    expect(settingsOfPods(buildContext(TLS))).toEqual(settingsOfPods(buildContext()));
  });

  it('is scraped as such', () => {
    const endpoints = (spec: WrittenSpec) => {
      const context = buildContext(spec, { apiGroups: new Set(['monitoring.coreos.com']) });
      return (child(context, 'ServiceMonitor', 'shop')['spec'] as { endpoints: object[] })
        .endpoints;
    };
    expect(endpoints({})).toHaveLength(2);
    expect(endpoints(TLS)).toContainEqual(
      expect.objectContaining({ port: 'https', scheme: 'https' }),
    );
  });
});

describe('OpenID Connect of a pipeline', () => {
  const oidc = {
    issuer: 'https://id.example.com/realms/shop',
    clientId: 'penstock',
    clientSecretRef: { name: 'shop-oidc' },
    defaultRole: 'Viewer',
    audience: 'logs',
  } as const;
  const settings = (roles: readonly object[]) => {
    const gateway = { publicUrl: 'https://logs.example.com', oidc: { ...oidc, roles } };
    const environment = {
      ...settingsOfPods(buildContext({ gateway } as WrittenSpec)),
      DATABASE_URL: 'postgres://u:p@h/d',
      OIDC_CLIENT_SECRET: 'secret',
    };
    return readSettings(settingsOf('gateway'), { environment });
  };

  it('is what the gateway reads, with commas in the names of groups', () => {
    const roles = [
      { group: 'cn=ops,dc=example', role: 'Admin' },
      { group: 'shop team', role: 'Editor', services: ['cart', 'checkout, eu'] },
    ];
    for (const some of [roles, roles.slice(0, 1), roles.slice(1)])
      expect(settings(some)).toMatchObject({
        publicUrl: 'https://logs.example.com',
        oidcIssuer: oidc.issuer,
        oidcClientId: 'penstock',
        oidcClientSecret: 'secret',
        oidcScopes: 'openid profile email',
        oidcGroupsClaim: 'groups',
        oidcDefaultRole: 'viewer',
        oidcAudience: 'logs',
        oidcRoleMap: some.map(({ group, role, ...limit }) => ({
          group,
          role: role.toLowerCase(),
          services: 'services' in limit ? limit.services : null,
        })),
      });
  });

  it('gives its secret to the gateway alone, and rolls it when the secret changes', () => {
    const context = (version: string) =>
      buildContext(
        { gateway: { publicUrl: 'https://logs.example.com', oidc } },
        { oidcClientSecret: { secret: 'shop-oidc', key: 'clientSecret', version } },
      );
    const text = (component: string, version = '1') =>
      JSON.stringify(child(context(version), 'Deployment', `shop-${component}`));
    expect(text('gateway')).toContain(
      '"OIDC_CLIENT_SECRET","valueFrom":{"secretKeyRef":{"name":"shop-oidc","key":"clientSecret"}',
    );
    expect(text('gateway', '2')).not.toBe(text('gateway'));
    expect(text('gateway')).not.toContain('oidc-ca');
    for (const component of ['ingest', 'writer', 'keeper']) {
      expect(text(component)).not.toContain('OIDC_CLIENT_SECRET');
      expect(text(component, '2')).toBe(text(component));
    }
  });

  it('mounts the authorities of the provider into the gateway alone, and rolls it with them', () => {
    const written = { ...oidc, caSecretRef: { name: 'authority' } };
    const context = (version: string) =>
      buildContext(
        { gateway: { publicUrl: 'https://logs.example.com', oidc: written } },
        { oidcCa: { secret: 'authority', key: 'ca.crt', version } },
      );
    expect(settingsOfPods(context('1'))['OIDC_CA_FILE']).toBe('/etc/penstock/oidc-ca/ca.crt');
    const text = (component: string, version = '1') =>
      JSON.stringify(child(context(version), 'Deployment', `shop-${component}`));
    expect(text('gateway')).toContain('"mountPath":"/etc/penstock/oidc-ca"');
    expect(text('gateway')).toContain('"secretName":"authority"');
    expect(text('gateway', '2')).not.toBe(text('gateway'));
    for (const component of ['ingest', 'writer', 'keeper']) {
      expect(text(component)).not.toContain('authority');
      expect(text(component, '2')).toBe(text(component));
    }
  });
});

describe('authorities that all processes trust', () => {
  const context = (version: string | null) =>
    buildContext(
      {},
      { trustedCa: version === null ? null : { secret: 'company', key: 'root.pem', version } },
    );
  const text = (component: string, version: string | null = '1') =>
    JSON.stringify(child(context(version), 'Deployment', `shop-${component}`));

  it.each(['ingest', 'writer', 'gateway', 'keeper'])('are those of %s too', (component) => {
    expect(text(component)).toContain(
      '{"name":"NODE_EXTRA_CA_CERTS","value":"/etc/penstock/trusted-ca/root.pem"}',
    );
    expect(text(component)).toContain('"secretName":"company"');
    expect(text(component, '2')).not.toBe(text(component));
    expect(text(component, null)).not.toContain('NODE_EXTRA_CA_CERTS');
  });

  it('give the migration a Job of its own, since one without them may have failed', () => {
    const jobOf = (each: SpecContext) => childrenOf(each).migration.metadata.name;
    const jobs = [buildContext(), context(null), context('1'), context('2')].map(jobOf);
    expect(jobs[1]).toBe(jobs[0]);
    expect(new Set(jobs).size).toBe(3);
  });
});
