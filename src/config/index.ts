export { type Config, ConfigError, currentEnvironment, readConfig } from './config.ts'
export { deployedSettingsProblems } from './known-settings.ts'
export type { Environment } from './settings.ts'
