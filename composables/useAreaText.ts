import { shareOff, type AreaSummary } from './map/area-figures.ts'

/** The state of an area in sentences: what sensors report, whom it concerns, what nobody knows. */
export function useAreaText() {
  const { t } = useText()
  const { format } = useFormat()
  const number = (value: number) => format.value.number(value)

  /** What the sensors report. */
  function reportOf({ counts }: AreaSummary): string {
    const sensors = counts.on + counts.off + counts.silent
    if (sensors === 0) return t('area.now.none')
    if (counts.on + counts.off === 0) return t('area.now.allSilent', { sensors: number(sensors) })
    if (counts.off === 0) return t('area.now.on', { number: number(counts.on) }, counts.on)
    if (sensors === 1) return t('area.now.offAlone')
    const values = { off: number(counts.off), sensors: number(sensors) }
    return t('area.now.off', values, counts.off)
  }

  /** How many customers that concerns; null where there is nothing to say. */
  function customersOf(area: AreaSummary): string | null {
    const share = shareOff(area)
    if (area.counts.off === 0 || share === null) return null
    return t('area.card.offShare', {
      off: number(area.customers_off),
      served: number(area.customers_served),
      share: format.value.percent(share),
    })
  }

  /** How much of it is heard; null without sensors. */
  function coverageOf({ counts, coverage }: AreaSummary): string | null {
    if (coverage === null) return null
    const share = format.value.percent(coverage)
    return counts.silent === 0
      ? t('area.now.allHeard')
      : t('area.now.heard', { share, silent: number(counts.silent) }, counts.silent)
  }

  return { reportOf, customersOf, coverageOf }
}
