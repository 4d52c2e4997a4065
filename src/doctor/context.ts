import type { Config, Environment } from '../config/index.ts'
import type { DiagnoseOptions } from '../db/index.ts'
import type { CallWorkspace, Workspace } from '../workspace/index.ts'

/** What there is to look at, once the settings are in order. */
export interface Context {
  readonly config: Config
  readonly environment: Environment
  readonly database: DiagnoseOptions
  readonly workspace: Workspace
  readonly call: CallWorkspace
  /** `DOCTOR_USER_TOKEN`: some user's token, such as the platform forwards. */
  readonly userToken: string | undefined
  /** `DOCTOR_APP_URL`: the app as its users reach it, through the platform's proxy. */
  readonly appUrl: string | undefined
}

/** Where there is none of the two. */
export const NEEDS_TOKEN =
  'Set DOCTOR_USER_TOKEN to a user’s token (databricks auth token | jq -r .access_token) to have it looked at.'
export const NEEDS_APP = `${NEEDS_TOKEN} And DOCTOR_APP_URL to the app’s address.`
