export { type Config, ConfigError, currentEnvironment, readConfig } from './config.ts'
export { deployedSettingsProblems, misspelledSettings } from './known-settings.ts'
export type { Environment } from './settings.ts'
