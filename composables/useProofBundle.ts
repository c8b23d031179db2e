/** What is to be verified: the text of a bundle and where it came from. */
export interface ProofBundleText {
  text: string
  from: 'file' | 'paste' | 'portal'
  name: string
}

const LEAF_HASH = /^[0-9a-f]{64}$/
/** Far above any real bundle; a larger file is a mistake. */
const MAX_BUNDLE_BYTES = 8 * 1024 * 1024
const NAME_DIGITS = 12

const tooLarge = (bytes: number): Trouble => ({
  code: 'proof_too_large',
  title: 'This is too large for a proof',
  detail: `expected at most ${MAX_BUNDLE_BYTES} bytes, got ${bytes}`,
})

/** Leaf hash that a text is, or that a link to a verification asks for; null in any other text. */
function leafHashIn(text: string): string | null {
  if (LEAF_HASH.test(text)) return text
  const leaf = URL.canParse(text) ? new URL(text).searchParams.get('leaf') : null
  return leaf !== null && LEAF_HASH.test(leaf) ? leaf : null
}

/** Takes a proof bundle from a file, from pasted text, or, by a leaf hash or a link with one, from the portal. */
export function useProofBundle() {
  const { t } = useText()
  const bundle = shallowRef<ProofBundleText | null>(null)
  const trouble = shallowRef<Trouble | null>(null)
  const isFetching = ref(false)

  function set(next: ProofBundleText | null, problem: Trouble | null = null) {
    bundle.value = next
    trouble.value = problem
  }

  async function takeFile(file: File) {
    if (file.size > MAX_BUNDLE_BYTES) set(null, tooLarge(file.size))
    else set({ text: await file.text(), from: 'file', name: file.name })
  }

  async function takeText(text: string) {
    const pasted = text.trim()
    const leafHash = leafHashIn(pasted)
    if (leafHash) await takeLeaf(leafHash)
    else if (pasted.length > MAX_BUNDLE_BYTES) set(null, tooLarge(pasted.length))
    else set({ text: pasted, from: 'paste', name: t('proof.bundle.pasted') })
  }

  async function takeLeaf(leafHash: string) {
    set(null)
    isFetching.value = true
    try {
      const text = await ask<string>(apiPaths.proof(leafHash), {
        responseType: 'text',
      })
      set({
        text,
        from: 'portal',
        name: t('proof.bundle.record', { digits: leafHash.slice(0, NAME_DIGITS) }),
      })
    } catch (error) {
      set(null, troubleOf(error))
    } finally {
      isFetching.value = false
    }
  }

  return { bundle, trouble, isFetching, takeFile, takeText, takeLeaf }
}
