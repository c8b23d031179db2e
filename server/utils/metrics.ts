import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { MessageSource } from '../services/reading/accept-message'
import type { LedgerMeasures } from '../services/ledger/measure-ledger'

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

const messages = new Counter({
  name: 'gridwitness_mqtt_messages_total',
  help: 'Messages from the MQTT broker, by what became of them.',
  labelNames: ['outcome'],
  registers: [registry],
})

/** Counts one message, and the reading in it, likewise. */
export function countMessage(outcome: string): void {
  messages.inc({ outcome })
  countReading(outcome)
}

/** Measures a source of messages from now on. */
export function watchMessages(source: Pick<MessageSource, 'isConnected' | 'inFlight'>): void {
  const measured = (name: string, help: string, measure: () => number) =>
    new Gauge({
      name: `gridwitness_mqtt_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(measure())
      },
    })
  measured('connected', '1 while the MQTT broker is connected.', () => Number(source.isConnected()))
  measured('in_flight', 'Messages read and not yet acknowledged.', () => source.inFlight())
}

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
