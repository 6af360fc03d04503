import { optional, setting } from './definition.ts';
import { boolean, text } from './setting-type.ts';

/** The operator of LogPipelines on Kubernetes. */
export const OPERATOR_SETTINGS = {
  watchNamespace: optional({
    name: 'WATCH_NAMESPACE',
    usedBy: ['operator'],
    type: text,
    description: 'The one namespace whose LogPipelines the operator looks after. Not set: all.',
  }),
  podNamespace: setting({
    name: 'POD_NAMESPACE',
    usedBy: ['operator'],
    type: text,
    default: 'default',
    description: 'Namespace of the operator itself, where its lease is.',
  }),
  podName: optional({
    name: 'POD_NAME',
    usedBy: ['operator'],
    type: text,
    description: 'Name of the pod of the operator. Not set: the name of the host.',
  }),
  penstockImage: optional({
    name: 'PENSTOCK_IMAGE',
    usedBy: ['operator'],
    type: text,
    description: 'Image of the pods of LogPipelines. Not set: each must name one in `spec.image`.',
  }),
  leaderElection: setting({
    name: 'LEADER_ELECTION',
    usedBy: ['operator'],
    type: boolean,
    default: true,
    description: 'Whether several operators agree by a lease on the one that works.',
  }),
  leaseName: setting({
    name: 'LEASE_NAME',
    usedBy: ['operator'],
    type: text,
    default: 'penstock-operator',
    description: 'Name of that lease.',
  }),
} as const;
