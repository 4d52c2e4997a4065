export { type Config, ConfigError, readConfig } from './config.ts'
export { settingProblem } from './known-settings.ts'
