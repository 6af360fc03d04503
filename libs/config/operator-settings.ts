import { optional, setting } from './definition.ts';
import { boolean, port, text } from './setting-type.ts';

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
  kubeconfig: optional({
    name: 'KUBECONFIG',
    usedBy: ['operator'],
    type: text,
    description:
      'Path of a kubeconfig, for an operator that is no pod. Not set: the cluster that it is a pod of, else `~/.kube/config`.',
  }),
  kubernetesHost: optional({
    name: 'KUBERNETES_SERVICE_HOST',
    usedBy: ['operator'],
    type: text,
    description: 'Host of the Kubernetes API; Kubernetes sets it in every pod.',
  }),
  kubernetesPort: setting({
    name: 'KUBERNETES_SERVICE_PORT',
    usedBy: ['operator'],
    type: port,
    default: 443,
    description: 'Port of the Kubernetes API; Kubernetes sets it in every pod.',
  }),
  serviceAccountFolder: setting({
    name: 'SERVICE_ACCOUNT_FOLDER',
    usedBy: ['operator'],
    type: text,
    default: '/var/run/secrets/kubernetes.io/serviceaccount',
    description:
      'Folder with the files `token` and `ca.crt` by which the operator asks the Kubernetes API, as Kubernetes mounts them into pods.',
  }),
} as const;
