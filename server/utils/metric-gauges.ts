import { Gauge } from 'prom-client'
import type { PortalMeasures } from '../services/measure-portal'
import { registry } from './metrics'

/** What the database and the chain know, as gauges: the same from every instance. NaN while it is away. */

const gauge = <Label extends string = never>(
  name: string,
  help: string,
  labelNames: Label[] = [],
): Gauge<Label> =>
  new Gauge({ name: `gridwitness_${name}`, help, labelNames, registers: [registry] })

const waiting = gauge(
  'waiting_records',
  'Records not yet final, by how far they have come; of those in no batch at most 100,000 are counted.',
  ['state'],
)
const batches = gauge('batches', 'Batches by state.', ['state'])
const failures = gauge('ledger_failures', 'Steps and batches whose last try failed, by code.', [
  'code',
])
const oldest = gauge(
  'oldest_unanchored_record_seconds',
  'Age of the oldest record whose batch no transaction has anchored.',
)
const numbers = {
  derivationLagSeconds: gauge(
    'derivation_lag_seconds',
    'Age of the oldest record that outages and figures do not follow from yet.',
  ),
  devices: gauge('devices', 'Enrolled devices.'),
  equivocations: gauge('equivocations', 'Contradictions kept as evidence.'),
  openComplaints: gauge('complaints_open', 'Complaints that are not closed.'),
  overdueComplaints: gauge('complaints_overdue', 'Open complaints past their clock.'),
  sessions: gauge('sessions', 'Sessions that have not ended.'),
  layoutVersion: gauge('layout_version', 'Version of the data layout of the database.'),
}
/** NaN also while the chain does not say, or nothing was anchored yet. */
const ofTheChain = {
  balanceWei: gauge('account_balance_wei', 'Wei on the anchoring account; NaN: the node is away.'),
  anchorGas: gauge('last_anchor_gas', 'Gas the latest mined anchor used; NaN: there is none.'),
  anchorFeeWei: gauge('last_anchor_fee_wei', 'Wei the latest mined anchor cost; NaN: none.'),
  anchorBatches: gauge('last_anchor_batches', 'Batches in the latest mined anchor; NaN: none.'),
}

const mongodbUp = gauge('mongodb_up', '1 while the database answers what is measured in it.')

/** All metrics in the Prometheus text format; of the database none where it was not measured. */
export function renderMetrics(measures: PortalMeasures | null): Promise<string> {
  mongodbUp.set(Number(measures !== null))
  for (const byLabel of [batches, waiting, failures]) byLabel.reset()
  for (const [state, count] of Object.entries(measures?.batches ?? {}))
    batches.set({ state }, count)
  for (const [state, count] of Object.entries(measures?.waiting ?? {}))
    waiting.set({ state }, count)
  for (const [code, count] of Object.entries(measures?.failures ?? {}))
    failures.set({ code }, count)
  oldest.set(measures?.oldestUnanchoredSeconds ?? Number.NaN)
  for (const name of Object.keys(numbers) as (keyof typeof numbers)[])
    numbers[name].set(measures?.[name] ?? Number.NaN)
  for (const name of Object.keys(ofTheChain) as (keyof typeof ofTheChain)[])
    ofTheChain[name].set(measures?.[name] ?? Number.NaN)
  return registry.metrics()
}
