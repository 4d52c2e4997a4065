import { expect, it } from 'vitest'
import { Coherence } from '../cache/index.ts'
import type { Poll } from '../db/index.ts'
import { Follower } from './follower.ts'

const FIRST: Poll = {
  snapshot: '10:10:',
  position: 10,
  epoch: 'a',
  started: 'then',
  complete: null,
  changes: [],
  authorization: 'x',
  synced: [],
}
const NEXT: Poll = { ...FIRST, position: 12, complete: true }

it.each([
  ['nothing', {}, undefined],
  ['another epoch', { epoch: 'b', position: 5 }, 'epoch'],
  ['a server that was started anew', { started: 'now' }, 'restart'],
  ['a position that has fallen', { position: 9 }, 'backwards'],
  ['a copy of an earlier day, of which positions must not go on', { position: 9, started: 'now' }, 'backwards'],
  ['a log that doesn’t go back so far', { complete: false }, 'pruned'],
  ['other rights', { authorization: 'y' }, 'authorization'],
])('%s has everything forgotten, and says why, if it must', (_what, differing, cause) => {
  const coherence = new Coherence()
  const causes: string[] = []
  const follower = new Follower(coherence, (each) => causes.push(each))
  expect(follower.apply(FIRST).cause).toBe('start')
  const moment = coherence.moment
  expect(follower.apply({ ...NEXT, ...differing }).cause).toBe(cause)
  expect(causes).toEqual(cause === undefined ? ['start'] : ['start', cause])
  expect(coherence.holds(moment, [])).toBe(cause === undefined)
})
