import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtPath, cacheFolderOf, isBuilt, isExecutable } from '../../support/go-programs.mjs';

/** Version of Kubernetes that kubernetes/go.mod names. */
export const KUBERNETES_VERSION = '1.35.4';

const HERE = dirname(fileURLToPath(import.meta.url));

/** Where the programs lie that were built here. */
export const CACHE_FOLDER = cacheFolderOf(`kube-${KUBERNETES_VERSION}`);

/**
 * What a control plane consists of. Kubernetes has a Go module of its own, since the others would raise the versions of
 * what it is built from. `together`: programs of one release, which are taken from the same place or not at all.
 * `onPath` is false where one name stands for several versions.
 */
export const PROGRAMS = [
  kubernetes('kube-apiserver'),
  kubernetes('kube-controller-manager'),
  kubernetes('kube-scheduler'),
  tool('etcd', 'go.etcd.io/etcd/server/v3'),
  tool('kwok', 'sigs.k8s.io/kwok/cmd/kwok'),
  { ...tool('helm4', 'helm.sh/helm/v4/cmd/helm'), onPath: false },
  { ...tool('helm3', 'helm.sh/helm/v3/cmd/helm'), onPath: false, linkerFlags: helm3Flags() },
];

function kubernetes(name) {
  const stamp = (module) => [
    `-X ${module}.gitVersion=v${KUBERNETES_VERSION}`,
    `-X ${module}.gitMajor=${KUBERNETES_VERSION.split('.')[0]}`,
    `-X ${module}.gitMinor=${KUBERNETES_VERSION.split('.')[1]}`,
    `-X ${module}.gitTreeState=clean`,
  ];
  return {
    name,
    moduleFolder: join(HERE, 'kubernetes'),
    cacheFolder: CACHE_FOLDER,
    package: `k8s.io/kubernetes/cmd/${name}`,
    linkerFlags: [
      '-s -w',
      ...stamp('k8s.io/component-base/version'),
      ...stamp('k8s.io/client-go/pkg/version'),
    ].join(' '),
    together: 'kubernetes',
    onPath: true,
  };
}

function tool(name, goPackage) {
  return {
    name,
    moduleFolder: join(HERE, 'tools'),
    cacheFolder: CACHE_FOLDER,
    package: goPackage,
    linkerFlags: '-s -w',
    together: name,
    onPath: true,
  };
}

/** Without a cluster, Helm 3 supposes the version of Kubernetes that it is stamped with, 1.20 otherwise. */
function helm3Flags() {
  const [major, minor] = KUBERNETES_VERSION.split('.');
  const stamp = (name, value) => `-X helm.sh/helm/v3/pkg/chartutil.k8sVersion${name}=${value}`;
  return ['-s -w', stamp('Major', major), stamp('Minor', minor)].join(' ');
}

/**
 * Where each program is: in KUBEBUILDER_ASSETS, on PATH, or built here.
 * @returns an object with a path for every name, or null where one is missing
 */
export function findPrograms() {
  const found = {};
  for (const group of new Set(PROGRAMS.map(({ together }) => together))) {
    const members = PROGRAMS.filter(({ together }) => together === group);
    const paths = installed(members) ?? built(members);
    if (paths === null) return null;
    Object.assign(found, paths);
  }
  return found;
}

/** The programs that have to be built, since they are nowhere. */
export function missingPrograms() {
  return PROGRAMS.filter((program) => {
    const group = PROGRAMS.filter(({ together }) => together === program.together);
    return installed(group) === null && built([program]) === null;
  });
}

function built(members) {
  if (!members.every(isBuilt)) return null;
  return Object.fromEntries(members.map((program) => [program.name, builtPath(program)]));
}

function installed(members) {
  if (!members.every(({ onPath }) => onPath)) return null;
  const folders = [
    process.env['KUBEBUILDER_ASSETS'],
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  for (const folder of folders) {
    if (folder === undefined || folder === '') continue;
    const paths = members.map(({ name }) => [name, join(folder, name)]);
    if (paths.every(([, path]) => isExecutable(path))) return Object.fromEntries(paths);
  }
  return null;
}
