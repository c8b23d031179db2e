import type { VerificationSources } from '../stores/sources.ts'
import { sourceFaults } from './proof/source-faults.ts'

/** Whom a verification asked. */
export interface AskedSources {
  sources: VerificationSources
  isOwnChoice: boolean
}

/**
 * Checks a bundle as soon as there is one, against what stands in the fields at that moment, whether or not the field was
 * left. `check` does it again, after the fields have changed. Nothing is checked while a field holds what cannot be asked.
 */
export function useProofCheck(
  bundle: Readonly<Ref<ProofBundleText | null>>,
  current: () => AskedSources,
) {
  const { verification, isReady, verify, clear } = useVerification()
  const asked = shallowRef<AskedSources>(current())
  const isHeldUp = ref(false)

  function check() {
    const { sources, isOwnChoice } = current()
    isHeldUp.value = bundle.value !== null && Object.keys(sourceFaults(sources)).length > 0
    if (bundle.value === null || isHeldUp.value) return clear()
    asked.value = { sources: { ...sources }, isOwnChoice }
    verify(bundle.value.text, sources)
  }

  watch(bundle, check)
  return { verification, isReady, asked, isHeldUp, check }
}
