export { columnarPlace, type ColumnarPlace } from './columnar-place.ts';
export type { ProcessSetting, SettingDefinition } from './definition.ts';
export type { SamplerName } from './otel-samplers.ts';
export { PROCESS_NAMES, type ProcessName } from './process-name.ts';
export {
  readSettings,
  SettingsError,
  type SettingsSource,
  type SettingValues,
} from './read-settings.ts';
export type { RetentionRule } from './retention-rules.ts';
export { SETTINGS, type Settings } from './settings.ts';
export { settingsOf, type ProcessSettings } from './settings-of.ts';
export { settingsTable } from './settings-table.ts';
