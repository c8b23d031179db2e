import { ref } from 'vue'
import type { Fault, REJECT_REASONS, REOPEN_REASONS } from '../shared/complaint/index.ts'

/** What was typed for a step that is not taken yet. */
export interface StepDraft {
  note: string
  team: string
  fault: Fault | undefined
  reason:
    | Exclude<(typeof REJECT_REASONS)[number], 'duplicate'>
    | (typeof REOPEN_REASONS)[number]
    | undefined
}

/** Drafts of steps, each kept until its step is taken: a dialog that is left by any way loses nothing. */
export function useStepDrafts() {
  const kept = new Map<string, StepDraft>()
  const draft = ref<StepDraft>(empty(''))
  let current = ''

  function open(key: string) {
    current = key
    // The next complaint mostly goes to the same team.
    if (!kept.has(key)) kept.set(key, empty(draft.value.team))
    draft.value = kept.get(key) ?? empty('')
  }
  return { draft, open, drop: () => kept.delete(current) }
}

const empty = (team: string): StepDraft => ({
  note: '',
  team,
  fault: undefined,
  reason: undefined,
})
