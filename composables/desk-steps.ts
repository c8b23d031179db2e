import type { ComplaintActionRequest } from '../shared/api/complaint-admin.ts'
import { TRANSITIONS, type ComplaintStatus } from '../shared/complaint/index.ts'

export type StepName = Exclude<ComplaintActionRequest['action'], 'redact' | 'merge'>

interface DeskStep {
  name: StepName
  /** The key that takes it. */
  key: string
  icon: string
  /** Taken at once, unless asked to be told more; the others ask for something, or to be confirmed. */
  isPlain: boolean
  event: keyof (typeof TRANSITIONS)[ComplaintStatus]
}

/** What an official does to complaints, in the order of a complaint's life. */
export const DESK_STEPS: readonly DeskStep[] = [
  { name: 'acknowledge', key: 'a', icon: 'i-lucide-eye', isPlain: true, event: 'acknowledged' },
  { name: 'assign', key: 't', icon: 'i-lucide-users', isPlain: false, event: 'assigned' },
  { name: 'start', key: 'i', icon: 'i-lucide-wrench', isPlain: true, event: 'in_progress' },
  { name: 'resolve', key: 'r', icon: 'i-lucide-check', isPlain: false, event: 'resolved' },
  { name: 'note', key: 'n', icon: 'i-lucide-pencil', isPlain: false, event: 'commented' },
  { name: 'reopen', key: 'o', icon: 'i-lucide-rotate-ccw', isPlain: false, event: 'reopened' },
  { name: 'reject', key: 'd', icon: 'i-lucide-ban', isPlain: false, event: 'rejected' },
]

/** Steps whose record may name the fault that was found. */
export const NAMING_FAULT: readonly StepName[] = ['acknowledge', 'assign', 'start', 'resolve']

/** The steps that an official may take on all of these complaints. */
export const stepsFor = (statuses: readonly ComplaintStatus[]): DeskStep[] =>
  DESK_STEPS.filter(({ event }) =>
    statuses.every((status) => TRANSITIONS[status][event]?.includes('official')),
  )

/** Answers to who complained, by name, in the catalogues of every language. */
export const ANSWERS = [
  'seen',
  'crew',
  'planned',
  'restored',
  'unsolved',
  'place',
  'elsewhere',
] as const
