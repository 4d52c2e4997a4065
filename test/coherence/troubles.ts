import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from './world.ts'
import type { Stage } from './writers.ts'

/** How long something stays wrong, and how long all is well after that, in ms. */
const [FOR_MS, BETWEEN_MS] = [350, 250]

const FEEDS = `pid from pg_stat_activity where datname = current_database() and query ~ 'change_log' and pid <> pg_backend_pid()`

/** What can go wrong for an instance while everybody reads and writes; all is mended when it ends. */
const TROUBLES: Readonly<Record<string, (stage: Stage, instance: Instance) => Promise<unknown>>> = {
  killedListener: ({ world }) =>
    world.sql((client) => client.query(`select pg_terminate_backend(pid) from (select ${FEEDS}) as feeds`)),
  async deafListener(_stage, { proxy }) {
    proxy.deafen(true)
    await sleep(FOR_MS)
    proxy.deafen(false)
  },
  async resetConnections(_stage, { proxy }) {
    proxy.reset()
  },
  async blackHole(_stage, { proxy }) {
    proxy.swallow()
    await sleep(FOR_MS)
    proxy.heal()
    proxy.reset()
  },
  longTransaction: ({ world }) =>
    world.sql(async (client) => {
      await client.query('begin; select pg_current_xact_id()')
      await sleep(2 * FOR_MS)
      await client.query('rollback')
    }),
  rolledBackWrite: ({ world }) =>
    world.sql(async (client) => {
      await client.query(
        "begin; update holidays.holiday_requests set manager_note = 'never' where requester = 'many@example.com'",
      )
      await sleep(FOR_MS)
      await client.query('rollback')
    }),
  grants: ({ world }) =>
    world.sql(async (client) => {
      await client.query('grant update (name) on holidays.employees to public')
      await sleep(FOR_MS)
      await client.query('revoke update (name) on holidays.employees from public')
    }),
  triggers: ({ world }) =>
    world.sql((client) => client.query('alter table holidays.holiday_requests enable always trigger changes_update')),
}

/** One trouble after another, on any instance, until the stage is stopped. */
export async function makeTrouble(stage: Stage): Promise<void> {
  for (const names = Object.keys(TROUBLES); !stage.stopped; ) {
    const name = stage.pick(names)
    await TROUBLES[name]?.(stage, stage.pick(stage.world.instances))
    stage.troubles.push(name)
    await sleep(BETWEEN_MS)
  }
}
