import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { until } from '../../test/support/test-app.ts'
import { linkLibraries } from './binaries.ts'
import { type PostgresServer, startPostgres } from './launcher.ts'
import { runsWith } from './orphan.ts'

const folders: string[] = []
const servers: PostgresServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    await server.stop()
    folders.push(server.home)
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function folder(prefix = 'launcher-'): string {
  const made = mkdtempSync(join(tmpdir(), prefix))
  folders.push(made)
  return made
}

async function start(home: string, more: { fresh?: boolean } = {}): Promise<PostgresServer> {
  const server = await startPostgres({ home, ...more })
  servers.push(server)
  return server
}

async function query(server: PostgresServer, text: string, password = server.superuser.password): Promise<unknown> {
  const client = new Client({ host: server.host, port: server.port, user: 'postgres', database: 'postgres', password })
  await client.connect()
  try {
    return (await client.query(text)).rows[0]
  } finally {
    await client.end()
  }
}

const postmasterOf = (server: PostgresServer): number =>
  Number(readFileSync(join(server.home, 'data', 'postmaster.pid'), 'utf8').split('\n')[0])

describe('the embedded Postgres', () => {
  it('is a real one of version 17, with passwords, on this machine only', async () => {
    const server = await start(join(folder(), 'home'))
    expect(
      await query(
        server,
        "select current_setting('server_version') as version, current_setting('listen_addresses') as at",
      ),
    ).toEqual({
      version: expect.stringMatching(/^17\./),
      at: '127.0.0.1',
    })
    await expect(query(server, 'select 1', 'wrong')).rejects.toThrow('password authentication failed')
  })

  it('works in a folder with spaces and signs in its name', async () => {
    const server = await start(join(folder('a b&c ü (1) '), 'the home'))
    expect(await query(server, 'select 1 as one')).toEqual({ one: 1 })
  })

  it('works in a folder that other users can’t enter', async () => {
    const closed = folder()
    chmodSync(closed, 0o700)
    const server = await start(join(closed, 'home'))
    expect(await query(server, 'select 1 as one')).toEqual({ one: 1 })
  })

  it('finds its libraries wherever the programs lie, without npm’s install scripts', () => {
    const elsewhere = join(folder(), 'copy')
    mkdirSync(join(elsewhere, 'lib'), { recursive: true })
    writeFileSync(join(elsewhere, 'lib', 'libx.so.1.2'), 'a library')
    const links = [{ source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' }]
    writeFileSync(join(elsewhere, 'pg-symlinks.json'), JSON.stringify(links))
    linkLibraries(elsewhere, join(elsewhere, 'links'))
    expect(readFileSync(join(elsewhere, 'links', 'libx.so.1'), 'utf8')).toBe('a library')
  })

  it('keeps its data, and begins anew when asked to', async () => {
    const home = join(folder(), 'home')
    const first = await start(home)
    await query(first, 'create table kept as select 1 as one')
    await first.stop()
    const second = await start(home)
    expect(await query(second, 'select one from kept')).toEqual({ one: 1 })
    await second.stop()
    const third = await start(home, { fresh: true })
    await expect(query(third, 'select one from kept')).rejects.toThrow('does not exist')
  })

  it('recovers when it was killed with -9, and when a first start was', async () => {
    const home = join(folder(), 'home')
    const first = await start(home)
    await query(first, 'create table kept as select 1 as one')
    process.kill(postmasterOf(first), 'SIGKILL')
    await first.stop()
    execFileSync('mkdir', ['-p', join(first.home, 'data.unfinished-1', 'base'), join(first.home, 'data.old', 'base')])
    const second = await start(home)
    expect(await query(second, 'select one from kept')).toEqual({ one: 1 })
  })

  it('begins anew though an earlier --fresh was killed while it threw the old data away', async () => {
    const home = join(folder(), 'home')
    const first = await start(home)
    await first.stop()
    rmSync(join(first.home, 'data', 'PG_VERSION'))
    execFileSync('mv', [join(first.home, 'data'), join(first.home, 'data.old')])
    expect(await query(await start(home), 'select 1 as one')).toEqual({ one: 1 })
  })

  it('stops one that outlived its starter', async () => {
    const home = join(folder(), 'home')
    const first = await start(home)
    const pid = postmasterOf(first)
    const second = await start(home)
    expect(runsWith(pid, first.home)).toBe(false)
    expect(await query(second, 'select 1 as one')).toEqual({ one: 1 })
  })

  it('ends when its starter is killed with -9', async () => {
    const home = join(folder(), 'home')
    const script = `import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, 'launcher.ts'))}
      const server = await startPostgres({ home: ${JSON.stringify(home)} }); console.log(server.home); setInterval(() => {}, 1000)`
    const flags = ['--experimental-strip-types', '--no-warnings', '--input-type=module']
    const starter = spawn(process.execPath, [...flags, '-e', script])
    const real = await new Promise<string>((resolve) =>
      starter.stdout.once('data', (line) => resolve(String(line).trim())),
    )
    folders.push(real)
    const pid = Number(readFileSync(join(real, 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
    expect(runsWith(pid, real)).toBe(true)
    starter.kill('SIGKILL')
    await until(() => !runsWith(pid, real), 5_000)
    await until(() => !existsSync(join(real, 'data', 'postmaster.pid')), 5_000) // it ended cleanly
  })
})
