export {
  ASSUMED_FAULT,
  AREA_TYPES,
  DEFAULT_CLOCK_HOURS,
  dueAt,
  FAULTS,
  parseClockHours,
  type AreaType,
  type ClockHours,
  type Fault,
} from './clocks.ts'
export { complaintFigures, isOverdue, type CountedComplaint } from './figures.ts'
export {
  COMPLAINT_KINDS,
  KINDS_OF_ANOTHER_OFFICE,
  needsMains,
  type ComplaintKind,
} from './kinds.ts'
export { boxAround, metresBetween, placeText, publicPlace, type Coordinates } from './place.ts'
export {
  areaTypeField,
  complaintIdField,
  complaintKindField,
  faultField,
  publicSchemas,
  REJECT_REASONS,
  REOPEN_REASONS,
  sensorsSaySchema,
  teamField,
  type Committed,
  type PublicPart,
} from './public.ts'
export { standingAfter, standingOf, type ComplaintStanding } from './standing.ts'
export {
  COMPLAINT_STATUSES,
  isClosed,
  TRANSITIONS,
  type ComplaintRole,
  type ComplaintStatus,
} from './transitions.ts'
