export type { SettingDefinition } from './definition.ts';
export {
  readSettings,
  SettingsError,
  type SettingsSource,
  type SettingValues,
} from './read-settings.ts';
export type { RetentionRule } from './retention-rules.ts';
export { SETTINGS, type Settings } from './settings.ts';
export { settingsTable } from './settings-table.ts';
