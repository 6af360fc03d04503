import { API_VERSION, GROUP, KIND, PLURAL, VERSION } from './api.ts';
import { SPEC } from './spec/log-pipeline.ts';
import { STATUS } from './spec/status.ts';

interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly description: string;
  /** Above 0: only at `-o wide`. */
  readonly priority?: number;
}

const condition = (type: string, member: string): string =>
  `.status.conditions[?(@.type=="${type}")].${member}`;

const COLUMNS: readonly PrinterColumn[] = [
  {
    name: 'Ready',
    type: 'string',
    jsonPath: condition('Ready', 'status'),
    description: 'Whether logs are taken, stored and found.',
  },
  {
    name: 'Writers',
    type: 'integer',
    jsonPath: '.status.writer.readyReplicas',
    description: 'Writers that are ready.',
  },
  {
    name: 'Backlog',
    type: 'integer',
    jsonPath: '.status.backlog',
    description: 'Batches that wait in the queue.',
  },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Age.' },
  {
    name: 'Reason',
    type: 'string',
    jsonPath: condition('Ready', 'reason'),
    description: 'Why it is ready or not.',
    priority: 1,
  },
  {
    name: 'Desired',
    type: 'integer',
    jsonPath: '.status.writer.desiredReplicas',
    description: 'Writers that there are to be.',
    priority: 1,
  },
  {
    name: 'Scaling',
    type: 'string',
    jsonPath: condition('ScalingActive', 'reason'),
    description: 'What the number of writers follows.',
    priority: 1,
  },
  {
    name: 'Image',
    type: 'string',
    jsonPath: '.status.image',
    description: 'Image that the pods run.',
    priority: 1,
  },
];

/** Names of the children are made of the pipeline's name, and must fit into a label and a DNS name. */
const MAX_PIPELINE_NAME = 40;

/** The CustomResourceDefinition, complete. */
export function customResourceDefinition() {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${PLURAL}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: {
        kind: KIND,
        listKind: `${KIND}List`,
        plural: PLURAL,
        singular: KIND.toLowerCase(),
        shortNames: ['lp'],
        categories: ['penstock'],
      },
      versions: [
        {
          name: VERSION,
          served: true,
          storage: true,
          additionalPrinterColumns: COLUMNS,
          subresources: {
            status: {},
            scale: {
              specReplicasPath: '.spec.writer.replicas',
              statusReplicasPath: '.status.writer.replicas',
              labelSelectorPath: '.status.writer.selector',
            },
          },
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description: `A log pipeline: logs come in over HTTP, wait in RabbitMQ, are stored in Postgres and found on a page. ${API_VERSION}.`,
              required: ['spec'],
              properties: {
                apiVersion: { type: 'string', description: 'Version of the schema.' },
                kind: { type: 'string', description: 'Kind of the resource.' },
                metadata: { type: 'object' },
                spec: SPEC.schema,
                status: STATUS.schema,
              },
              'x-kubernetes-validations': [
                {
                  rule: `self.metadata.name.matches(r"^[a-z]([-a-z0-9]{0,${MAX_PIPELINE_NAME - 2}}[a-z0-9])?$")`,
                  message: `the name must begin with a letter, hold only a-z, 0-9 and -, and have at most ${MAX_PIPELINE_NAME} characters, since Services are named after it`,
                },
              ],
            },
          },
        },
      ],
    },
  };
}
