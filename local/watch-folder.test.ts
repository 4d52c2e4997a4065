import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../test/support/test-app.ts'
import { watchFolder } from './watch-folder.ts'

let changes = 0
let folder: string
let close: () => void
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'watch-'))
  mkdirSync(join(folder, 'deep', 'er'), { recursive: true })
  writeFileSync(join(folder, 'deep', 'er', 'a.ts'), '1')
  close = watchFolder(folder, () => changes++)
})
afterAll(() => {
  close()
  rmSync(folder, { recursive: true, force: true })
})

async function expectOneChange(change: () => void): Promise<void> {
  await sleep(150)
  const before = changes
  change()
  await until(() => changes > before, 3_000)
  await sleep(150)
  expect(changes).toBe(before + 1)
}

it('a file is followed however it is saved, again and again', async () => {
  const file = join(folder, 'deep', 'er', 'a.ts')
  const rename = () => {
    writeFileSync(`${file}.tmp`, '2')
    renameSync(`${file}.tmp`, file)
  }
  for (const save of [
    () => writeFileSync(file, '3'),
    rename,
    () => writeFileSync(file, '4'),
    rename,
    () => writeFileSync(file, '5'),
  ]) {
    await expectOneChange(save)
  }
})

it('new folders and what comes into them are followed', async () => {
  await expectOneChange(() => mkdirSync(join(folder, 'new')))
  await expectOneChange(() => writeFileSync(join(folder, 'new', 'b.ts'), '1'))
  await expectOneChange(() => rmSync(join(folder, 'new'), { recursive: true }))
})
