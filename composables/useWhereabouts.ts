import type { Place } from './map/around.ts'

export type WhereaboutsState = 'idle' | 'asking' | 'found' | 'refused' | 'unavailable'

const FIND_MS = 15_000
/** A place found a minute ago is good enough. */
const KEPT_MS = 60_000

/** Where the visitor is, asked of the browser when the visitor says so, and kept in this page. */
export function useWhereabouts(geolocation: () => Geolocation | undefined = browserGeolocation) {
  const state = ref<WhereaboutsState>('idle')
  const place = shallowRef<Place | null>(null)

  function find() {
    const device = geolocation()
    if (!device) {
      state.value = 'unavailable'
      return
    }
    state.value = 'asking'
    device.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => {
        place.value = { latitude, longitude }
        state.value = 'found'
      },
      ({ code, PERMISSION_DENIED }) => {
        state.value = code === PERMISSION_DENIED ? 'refused' : 'unavailable'
      },
      { timeout: FIND_MS, maximumAge: KEPT_MS },
    )
  }

  return { state, place, find }
}

const browserGeolocation = () => navigator.geolocation
