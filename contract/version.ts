const VERSION = /^(\d+)\.(\d+)\.(\d+)(?:-[\w.-]+)?$/

/**
 * Whether a version says that what worked with an earlier one may fail: by its first number, or, while that is 0, by its second
 * (https://semver.org, 4 and 8).
 * @throws Error if either is no version
 */
export function saysItBreaks(before: string, now: string): boolean {
  const [[majorBefore = 0, minorBefore = 0], [major = 0, minor = 0]] = [numbersOf(before), numbersOf(now)]
  if (major !== majorBefore) return major > majorBefore
  return major === 0 && minor > minorBefore
}

function numbersOf(version: string): readonly number[] {
  const [, ...numbers] = VERSION.exec(version) ?? []
  if (numbers.length === 0) throw new Error(`${version} is no version. It must be like 1.2.3.`)
  return numbers.map(Number)
}
