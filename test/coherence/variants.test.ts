import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { VARIANTS } from './variants.ts'

const ROOT = join(import.meta.dirname, '../..')

it.each(VARIANTS)(
  '$name is a patch of what is there, once, and an invariant that is written down',
  ({ name, file, from }) => {
    expect(readFileSync(join(ROOT, 'src', file), 'utf8').split(from)).toHaveLength(2)
    expect(readFileSync(join(ROOT, 'docs/coherence.md'), 'utf8')).toContain(`| \`${name}\` |`)
  },
)
