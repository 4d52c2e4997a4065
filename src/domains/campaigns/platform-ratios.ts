import type { Builder } from '../../graphql/index.ts'
import { AppError } from '../../kernel/errors.ts'

interface PlatformRatio {
  readonly platform: string
  readonly ratio: number | null
}

/** Adds the type of one entry of `platform_ratios`. */
export function addPlatformRatio(builder: Builder) {
  return builder.objectRef<PlatformRatio>('PlatformRatio').implement({
    description: 'The share of one platform.',
    fields: (t) => ({
      platform: t.exposeString('platform', { description: 'The platform: Website, App or Mobile Web.' }),
      ratio: t.exposeFloat('ratio', { nullable: true, description: 'Its share of the impressions, as a fraction.' }),
    }),
  })
}

/** A map from Delta, `{"App": 0.3}`, as a list. @throws AppError UNREPRESENTABLE_VALUE if it is anything else. */
export function toPlatformRatios(stored: string): PlatformRatio[] {
  const map: unknown = JSON.parse(stored)
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw notAMap()
  return Object.entries(map).map(([platform, ratio]) => {
    if (typeof ratio !== 'number' && ratio !== null) throw notAMap()
    return { platform, ratio }
  })
}

function notAMap(): AppError {
  return new AppError('UNREPRESENTABLE_VALUE', 'The stored value is no map from platforms to numbers.')
}
