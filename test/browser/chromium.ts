import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** The machine's own Chromium, without a window. @throws if there is none, with what to install. */
export function launchChromium(): Promise<Browser> {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const executablePath = folders
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((file) => existsSync(file))
  if (executablePath === undefined) {
    throw new Error(
      `Chromium is missing: none of ${NAMES.join(', ')} is in PATH. On Debian: apt-get install chromium. ` +
        'npm test runs everything that does without.',
    )
  }
  // As root, as in CI, Chromium has no sandbox; it sees our own page only.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ executablePath, args: [...args, '--disable-dev-shm-usage'] })
}
