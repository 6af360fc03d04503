import type { Manifest } from '../runtime/kube-object.ts';
import { HTTP_ROUTES } from '../runtime/kinds.ts';
import type { SpecContext } from './context.ts';
import { child, childName } from './labels.ts';
import { GATEWAY_PORT } from './settings.ts';

export const GATEWAY_API = 'gateway.networking.k8s.io';

/** The ways from outside to page and API. */
export function routes(context: SpecContext): readonly Manifest[] {
  return [...ingress(context), ...httpRoute(context)];
}

function ingress({ pipeline }: SpecContext): readonly Manifest[] {
  const { ingress: wanted } = pipeline.spec.gateway;
  if (wanted === undefined) return [];
  const service = { name: childName(pipeline, 'gateway'), port: { number: GATEWAY_PORT } };
  const manifest = child(pipeline, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    name: childName(pipeline, 'gateway'),
    component: 'gateway',
    ...(wanted.annotations !== undefined && { annotations: wanted.annotations }),
    body: {
      spec: {
        ...(wanted.className !== undefined && { ingressClassName: wanted.className }),
        rules: [
          {
            host: wanted.host,
            http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service } }] },
          },
        ],
        ...(wanted.tlsSecretName !== undefined && {
          tls: [{ hosts: [wanted.host], secretName: wanted.tlsSecretName }],
        }),
      },
    },
  });
  return [manifest];
}

function httpRoute({ pipeline, apiGroups }: SpecContext): readonly Manifest[] {
  const { httpRoute: wanted } = pipeline.spec.gateway;
  if (wanted === undefined || !apiGroups.has(GATEWAY_API)) return [];
  const manifest = child(pipeline, {
    apiVersion: HTTP_ROUTES.apiVersion,
    kind: HTTP_ROUTES.kind,
    name: childName(pipeline, 'gateway'),
    component: 'gateway',
    body: {
      spec: {
        parentRefs: wanted.parentRefs,
        ...(wanted.hostnames.length > 0 && { hostnames: wanted.hostnames }),
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: '/' } }],
            backendRefs: [{ name: childName(pipeline, 'gateway'), port: GATEWAY_PORT }],
          },
        ],
      },
    },
  });
  return [manifest];
}
