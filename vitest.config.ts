import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    // Vite would pick the ES module of graphql and Pothos its CommonJS one: two copies that don't know each other.
    alias: [{ find: /^graphql$/, replacement: join(import.meta.dirname, 'node_modules/graphql/index.js') }],
  },
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // More than there are cores: most of them wait most of the time.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: { name: 'node', include: ['{src,local,test,contract}/**/!(*.browser|*.timing|*.command).test.ts'] },
      },
      // What measures how long something takes has the machine for itself.
      {
        extends: true,
        test: { name: 'timing', include: ['test/*.timing.test.ts'], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
      // Commands that people give, each of which starts or compiles a lot: `npm run test:all`.
      {
        extends: true,
        test: { name: 'commands', include: ['{local,test,contract}/**/*.command.test.ts'], maxWorkers: 2 },
      },
      // What needs more than Node: `npm run test:all`.
      { extends: true, test: { name: 'browser', include: ['test/browser/*.browser.test.ts'] } },
    ],
  },
})
