import type { Outage, OutageInterruption } from '../shared/api/outages.ts'

const MS_PER_S = 1000

/** What happened, in sentences. */
export function useOutageText() {
  const { t } = useText()
  const { format, duration } = useFormat()

  const lasted = ({ duration_seconds }: { duration_seconds: number }) =>
    duration(duration_seconds * MS_PER_S)

  /** "14 customers behind 2 sensors". */
  const extentOf = ({ customers_affected, devices }: Outage) =>
    t('outage.extent', {
      customers: t(
        'outage.customers',
        { number: format.value.number(customers_affected) },
        customers_affected,
      ),
      sensors: t('outage.sensors', { number: format.value.number(devices) }, devices),
    })

  /** Whether it counts as sustained, momentary or both, by its interruptions; null without any. */
  function classOf(interruptions: readonly OutageInterruption[]) {
    const classes = new Set(interruptions.map(({ duration_class }) => duration_class))
    if (classes.size === 0) return null
    if (classes.size > 1) return 'mixed'
    return classes.has('sustained') ? 'sustained' : 'momentary'
  }

  return { lasted, extentOf, classOf }
}
