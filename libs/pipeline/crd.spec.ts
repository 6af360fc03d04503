import { isDeepStrictEqual } from 'node:util';
import { readdirSync, readFileSync } from 'node:fs';
import { loadYaml } from '@kubernetes/client-node';
import { describe, expect, it } from '@jest/globals';
import { customResourceDefinition } from './crd.ts';
import { readLogPipeline, type StoredLogPipeline } from './log-pipeline.ts';
import { fillDefaults } from './schema/fill-defaults.ts';
import { isObject, type JsonSchema } from './schema/json-schema.ts';
import { SPEC } from './spec/log-pipeline.ts';
import { STATUS } from './spec/status.ts';

interface Place {
  readonly path: string;
  readonly schema: JsonSchema;
}

function placesOf(schema: JsonSchema, path: string): readonly Place[] {
  const { properties = {}, items, additionalProperties } = schema;
  return [
    { path, schema },
    ...Object.entries(properties).flatMap(([name, member]) => placesOf(member, `${path}.${name}`)),
    ...(items === undefined ? [] : placesOf(items, `${path}[]`)),
    ...(additionalProperties === undefined ? [] : placesOf(additionalProperties, `${path}.*`)),
  ];
}

const PLACES = [...placesOf(SPEC.schema, 'spec'), ...placesOf(STATUS.schema, 'status')];
const without = (has: (schema: JsonSchema) => boolean): readonly string[] =>
  PLACES.filter(({ schema }) => !has(schema)).map(({ path }) => path);

/** Names of fields that a value has and its schema has not. */
function unknownFields(schema: JsonSchema, value: unknown, path: string): readonly string[] {
  if (Array.isArray(value))
    return value.flatMap((item) => unknownFields(schema.items ?? {}, item, path));
  if (!isObject(value) || schema.additionalProperties !== undefined) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const known = schema.properties?.[name];
    return known === undefined
      ? [`${path}.${name}`]
      : unknownFields(known, member, `${path}.${name}`);
  });
}

describe('the CustomResourceDefinition', () => {
  it('describes every field', () => {
    expect(without(({ description }) => (description ?? '').length > 3)).toEqual([]);
  });

  it('bounds every text, list and map, so that rules have a bounded cost', () => {
    const isBounded = (schema: JsonSchema): boolean =>
      schema.type === 'array'
        ? schema.maxItems !== undefined
        : schema.type !== 'string' ||
          schema.enum !== undefined ||
          schema.format !== undefined ||
          schema.maxLength !== undefined;
    expect(without(isBounded)).toEqual([]);
    const isMapBounded = ({ additionalProperties, maxProperties }: JsonSchema): boolean =>
      additionalProperties === undefined || maxProperties !== undefined;
    expect(without(isMapBounded)).toEqual([]);
  });

  it('has no fractions', () => {
    expect(without(({ type }) => (type as string) !== 'number')).toEqual([]);
  });

  it('has defaults that are complete, since rules are checked before those of members are filled in', () => {
    const incomplete = PLACES.filter(
      ({ schema }) =>
        isObject(schema.default) &&
        !isDeepStrictEqual(schema.default, fillDefaults(schema, schema.default)),
    );
    expect(incomplete.map(({ path }) => path)).toEqual([]);
  });

  it('has the path of the scale subresource in every object, by its defaults', () => {
    const reading = readLogPipeline({ metadata: { name: 'shop' }, spec: {} });
    expect(reading).toMatchObject({ pipeline: { spec: { writer: { replicas: 1 } } } });
    const [version] = customResourceDefinition().spec.versions;
    expect(version?.subresources.scale.specReplicasPath).toBe('.spec.writer.replicas');
  });
});

const SAMPLES = new URL('../../deploy/samples/', import.meta.url);

describe.each(readdirSync(SAMPLES))('deploy/samples/%s', (file) => {
  const sample = loadYaml<StoredLogPipeline>(readFileSync(new URL(file, SAMPLES), 'utf8'));

  it('is a LogPipeline without mistakes', () => {
    expect(readLogPipeline(sample)).toMatchObject({ kind: 'valid' });
  });

  it('has no field that the schema lacks', () => {
    expect(unknownFields(SPEC.schema, sample.spec, 'spec')).toEqual([]);
  });
});

describe('deploy/crds', () => {
  it('holds the whole definition, with defaults and rules', () => {
    const file = new URL('../../deploy/crds/penstock.dev_logpipelines.yaml', import.meta.url);
    // Without its kind, of which the reader knows only a part.
    const text = readFileSync(file, 'utf8').replace(/^kind: .*$/m, '');
    const definition = { ...customResourceDefinition(), kind: undefined };
    expect(loadYaml(text)).toEqual(definition);
  });
});
