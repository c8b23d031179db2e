import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { MessageSource } from '../services/reading/accept-message'
import type { LogLevel } from './log'

/**
 * What this process counts as it goes. Labels are of lists the code knows – outcomes, routes, calls – and never an id, so that
 * there is a bounded number of series. What the database knows is measured when asked for: metric-gauges.ts.
 */
export const registry = new Registry()
collectDefaultMetrics({ register: registry })

const MS_PER_S = 1000
/** From a lookup in memory to the longest a proxy waits. */
const ANSWER_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30]
/** From a tick with nothing to do to a batch of 262,144 records. */
const TASK_BUCKETS_S = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300]
const GROUP_BUCKETS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000]

const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
  new Counter({ name: `gridwitness_${name}`, help, labelNames, registers: [registry] })
const histogram = <Label extends string>(
  name: string,
  help: string,
  labelNames: Label[],
  buckets: number[],
) =>
  new Histogram({ name: `gridwitness_${name}`, help, labelNames, buckets, registers: [registry] })

const readings = counter('readings_total', 'Readings handed in, by what became of them.', [
  'outcome',
])
// From the start: after a restart, no reading at all must show as none and not as nothing known.
readings.inc({ outcome: 'accepted' }, 0)
/** Counts one handed-in reading: `accepted`, `duplicate`, or the code of its rejection. */
export const countReading = (outcome: string): void => readings.inc({ outcome })

const messages = counter(
  'mqtt_messages_total',
  'Messages from the MQTT broker, by what became of them.',
  ['outcome'],
)
/** Counts one message, and the reading in it, likewise. */
export function countMessage(outcome: string): void {
  messages.inc({ outcome })
  countReading(outcome)
}

const groupSize = histogram(
  'reading_group_size',
  'Readings written to the database at once.',
  [],
  GROUP_BUCKETS,
)
const groupSeconds = histogram(
  'reading_group_seconds',
  'Time to write a group of readings, until it is journalled.',
  [],
  ANSWER_BUCKETS_S,
)
/** Notes one group of readings that was written. */
export function observeGroup(size: number, durationMs: number): void {
  groupSize.observe(size)
  groupSeconds.observe(durationMs / MS_PER_S)
}

const calls = histogram(
  'store_call_seconds',
  'Calls to the Ethereum and IPFS nodes, by adapter call.',
  ['store', 'call'],
  ANSWER_BUCKETS_S,
)
const callErrors = counter('store_errors_total', 'Calls to stores that failed, by code.', [
  'store',
  'call',
  'code',
])
/** Notes the calls to one store, each with what it failed with. */
export const noteCallsOf =
  (store: 'ethereum' | 'ipfs') =>
  (call: string, durationMs: number, code: string | null): void => {
    calls.observe({ store, call }, durationMs / MS_PER_S)
    if (code !== null) callErrors.inc({ store, call, code })
  }

const databaseSeconds = histogram(
  'mongodb_heartbeat_seconds',
  'Answers of the database to the driver’s own question whether it is there.',
  [],
  ANSWER_BUCKETS_S,
)
const databaseErrors = counter(
  'mongodb_heartbeat_errors_total',
  'Such questions that had no answer.',
  [],
)
/** Notes whether the database answered the driver; null: it did not. */
export function noteHeartbeat(durationMs: number | null): void {
  if (durationMs === null) databaseErrors.inc()
  else databaseSeconds.observe(durationMs / MS_PER_S)
}

const requests = histogram(
  'http_request_seconds',
  'Requests, by pattern of the address and status.',
  ['method', 'route', 'status'],
  ANSWER_BUCKETS_S,
)
/** Notes one answered request. */
export const observeRequest = (
  labels: { method: string; route: string; status: number },
  seconds: number,
): void => requests.observe(labels, seconds)

const tasks = histogram(
  'task_seconds',
  'Ticks of the clocks, by outcome.',
  ['task', 'outcome'],
  TASK_BUCKETS_S,
)
/** Notes one tick of a clock. */
export const observeTask = (
  labels: { task: string; outcome: 'done' | 'failed' },
  seconds: number,
): void => tasks.observe(labels, seconds)

const lines = counter('log_lines_total', 'Lines of the log, written or not, by level.', ['level'])
/** Counts one line of the log. */
export const countLine = (level: LogLevel): void => lines.inc({ level })

/** A gauge that is measured whenever it is asked for. */
function measured(name: string, help: string, measure: () => number): void {
  new Gauge({
    name: `gridwitness_${name}`,
    help,
    registers: [registry],
    collect() {
      this.set(measure())
    },
  })
}

/** Measures a source of messages from now on. */
export function watchMessages(source: Pick<MessageSource, 'isConnected' | 'inFlight'>): void {
  measured('mqtt_connected', '1 while the MQTT broker is connected.', () =>
    Number(source.isConnected()),
  )
  measured('mqtt_in_flight', 'Messages read and not yet acknowledged.', () => source.inFlight())
}

/** Measures how many read the stream of events from now on. */
export const watchStreams = (count: () => number): void =>
  measured('event_streams', 'Open streams of events.', count)

export const METRICS_CONTENT_TYPE = registry.contentType
