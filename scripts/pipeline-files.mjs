import { dumpYaml } from '@kubernetes/client-node';
import { format } from 'prettier';

/** Made from libs/pipeline. */
export const CRD_FILE = 'deploy/crds/penstock.dev_logpipelines.yaml';
export const CRD_PAGE = 'docs/crd.md';

/** The CustomResourceDefinition as a file. */
export function crdFile({ apiVersion, kind, ...content }) {
  // Of an object with a known kind dumpYaml writes only what its models know, which has neither defaults nor rules.
  const yaml = dumpYaml(content, { noRefs: true, lineWidth: 100 });
  const head = `# Made by npm run generate:docs from libs/pipeline.\napiVersion: ${apiVersion}\nkind: ${kind}\n`;
  return format(head + yaml, {
    parser: 'yaml',
    singleQuote: true,
    printWidth: 100,
  });
}

export function markdownFile(text) {
  return format(text, { parser: 'markdown', printWidth: 100 });
}
