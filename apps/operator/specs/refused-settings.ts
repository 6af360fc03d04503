import { readSettings, settingsOf, SettingsError, type ProcessName } from '#config';
import type { SpecContext } from './context.ts';
import { settingsOfPods } from './settings.ts';

const PROCESSES = [
  'ingest',
  'writer',
  'gateway',
  'keeper',
  'migrate',
] as const satisfies readonly ProcessName[];

/** In place of what Secrets hold. */
const SECRETS: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgres://postgres',
  RABBITMQ_URL: 'amqp://rabbitmq',
};

/**
 * Why a process would refuse the settings that its pods are to get, as it would say it; null when all take them. The
 * schema cannot tell everything, and what it lets pass must not become pods that do not start.
 */
export function refusedSettings(context: SpecContext): string | null {
  const environment = { ...settingsOfPods(context), ...SECRETS };
  for (const process of PROCESSES) {
    try {
      readSettings(settingsOf(process), { environment });
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      return `${process} would not start: ${error.problems.join('; ')}`;
    }
  }
  return null;
}
