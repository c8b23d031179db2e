import type { Nearby } from '../shared/api/complaints.ts'
import type { Coordinates } from '../shared/complaint/index.ts'

const PAUSE_MS = 400

/** What sensors and complaints around a place say, asked in the browser, and again a moment after the place changed. */
export function useNearby(place: () => Coordinates | null) {
  const nearby = shallowRef<Nearby | null>(null)
  const trouble = shallowRef<Trouble | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  async function look(at: Coordinates) {
    const request = ++asked
    try {
      const found = await ask<Nearby>(apiPaths.complaintsNearby(at))
      if (request !== asked) return
      nearby.value = found
      trouble.value = null
    } catch (failure) {
      if (request === asked) trouble.value = troubleOf(failure)
    }
  }

  /** Looks again at the same place. */
  function again() {
    const at = place()
    if (at) void look(at)
  }

  onMounted(again)
  watch(
    () => {
      const at = place()
      return at && `${at.latitude},${at.longitude}`
    },
    () => {
      clearTimeout(timer)
      asked += 1
      nearby.value = null
      trouble.value = null
      timer = setTimeout(again, PAUSE_MS)
    },
  )
  onBeforeUnmount(() => clearTimeout(timer))
  return { nearby, trouble, again }
}
