import { describe, expect, it } from '@jest/globals';
import { readSettings, settingsOf, SettingsError } from '#config';
import { traceSettings } from './trace-settings.ts';

const build = { process: 'keeper', version: '1.2.3' };

function read(environment: Record<string, string>): ReturnType<typeof traceSettings> {
  const given = { DATABASE_URL: 'postgres://db/', ...environment };
  return traceSettings(readSettings(settingsOf('keeper'), { environment: given }), build);
}

describe('the settings of traces', () => {
  it('are off by default, and by OTEL_SDK_DISABLED', () => {
    expect(read({})).toBeNull();
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_SDK_DISABLED: 'true' };
    expect(read(environment)).toBeNull();
  });

  it('are those of OpenTelemetry', () => {
    expect(
      read({
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/',
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20x, tenant=a',
        OTEL_EXPORTER_OTLP_TIMEOUT: '500',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test',
        OTEL_TRACES_SAMPLER: 'traceidratio',
        OTEL_TRACES_SAMPLER_ARG: '.25',
      }),
    ).toEqual({
      url: 'http://collector:4318/v1/traces',
      headers: { authorization: 'Bearer x', tenant: 'a' },
      timeoutMs: 500,
      sampler: 'traceidratio',
      ratio: 0.25,
      resource: {
        'service.name': 'penstock-keeper',
        'service.version': '1.2.3',
        'deployment.environment': 'test',
      },
    });
  });

  it('take the endpoint of traces as it is, and the given name', () => {
    expect(
      read({
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://other',
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://c/x',
        OTEL_SERVICE_NAME: 'logs',
        OTEL_RESOURCE_ATTRIBUTES: 'service.name=ignored',
      }),
    ).toMatchObject({ url: 'https://c/x', resource: { 'service.name': 'logs' } });
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_HEADERS', 'no-value'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=%zz'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ])('are checked: %s=%s', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(SettingsError);
  });
});
