/** Outages and figures by the outage rules, docs/formats/outage-rules.md: pure, for server, browser and command line. */
export { rollUp, type AreaNode } from './area-tree.ts'
export type { Break } from './breaks.ts'
export { deviceFindings, deviceLine, type DeviceLine } from './device.ts'
export {
  durationClass,
  eventDraft,
  isWithin,
  outageEvents,
  takeInto,
  type DurationClass,
  type EventDraft,
  type OutageEvent,
} from './events.ts'
export { leafHashesBehind, type LeavesOfReadings } from './evidence.ts'
export {
  figuresOf,
  INDICES,
  type Figure,
  type Figures,
  type Index,
  type Unknown,
} from './figures.ts'
export type { NumberingGap } from './gaps.ts'
export {
  interruptionKey,
  interruptionsOf,
  type DeviceHistory,
  type Interruption,
} from './interruptions.ts'
export { intervalsOf, leafHashesOf, type Interval, type IntervalState } from './intervals.ts'
export { overlap, periodOf, utcDays, utcMonth, type Period } from './periods.ts'
export { outageReading, type OutageReading, type PlacedReading } from './readings.ts'
export { reviseDevice, tailOf, type DeviceRevision } from './revise-device.ts'
export { changing, stretchesOf, type InterruptionChange } from './revise-events.ts'
export { MOMENTARY_MS, OUTAGE_RULES_VERSION } from './rules.ts'
export { serviceSpans, type LedgerDeviceEvent, type Place, type ServiceSpan } from './service.ts'
export {
  addSums,
  isSettled,
  noSums,
  outageHistory,
  sumsByArea,
  type OutageHistory,
  type Sums,
} from './sums.ts'
