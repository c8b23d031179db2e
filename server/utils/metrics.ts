import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { LedgerMeasures } from '../services/measure-ledger'

const registry = new Registry()
collectDefaultMetrics({ register: registry })

const readings = new Counter({
  name: 'gridwitness_readings_total',
  help: 'Readings handed in, by what became of them.',
  labelNames: ['outcome'],
  registers: [registry],
})
const batches = new Gauge({
  name: 'gridwitness_batches',
  help: 'Batches by state.',
  labelNames: ['state'],
  registers: [registry],
})
const gauge = (name: string, help: string) =>
  new Gauge({ name: `gridwitness_${name}`, help, registers: [registry] })
const oldest = gauge(
  'oldest_unanchored_record_seconds',
  'Age of the oldest waiting record, or of the oldest batch not yet anchored.',
)
const devices = gauge('devices', 'Enrolled devices.')
const equivocations = gauge('equivocations', 'Contradictions kept as evidence.')
const failures = gauge('ledger_failures', 'Steps and batches whose last try failed.')

/** Counts one handed-in reading: `accepted`, `duplicate`, or the code of its rejection. */
export const countReading = (outcome: string): void => readings.inc({ outcome })

/** All metrics in the Prometheus text format. */
export function renderMetrics(measures: LedgerMeasures): Promise<string> {
  for (const [state, count] of Object.entries(measures.batches)) batches.set({ state }, count)
  oldest.set(measures.oldestUnanchoredSeconds)
  devices.set(measures.devices)
  equivocations.set(measures.equivocations)
  failures.set(measures.failures)
  return registry.metrics()
}

export const METRICS_CONTENT_TYPE = registry.contentType
