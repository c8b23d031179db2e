import { MAP_HISTORY_HOURS } from '../shared/map-history.ts'

const STEP_MS = 15 * 60_000
const STEPS = (MAP_HISTORY_HOURS * 3_600_000) / STEP_MS
const PLAY_EVERY_MS = 900

/**
 * Steps of a quarter of an hour through the last two days: 0 is now, below it the past. While it plays, a step waits until
 * the one before is shown.
 */
export function useReplay(at: Ref<string | null>, isShown: () => boolean) {
  /** The last whole quarter of an hour: what steps count from. */
  const baseAt = ref(0)
  const isPlaying = ref(false)
  let timer: ReturnType<typeof setInterval> | undefined

  const textAt = (step: number) =>
    `${new Date(baseAt.value + step * STEP_MS).toISOString().slice(0, 19)}Z`
  const renew = () => (baseAt.value = Math.floor(Date.now() / STEP_MS) * STEP_MS)

  const step = computed({
    get: () => {
      if (at.value === null) return 0
      const steps = Math.round((Date.parse(at.value) - baseAt.value) / STEP_MS)
      return Math.min(-1, Math.max(-STEPS, steps))
    },
    set: (next) => {
      at.value = next >= 0 ? null : textAt(next)
    },
  })

  function pause() {
    clearInterval(timer)
    isPlaying.value = false
  }

  function play() {
    renew()
    if (at.value === null) step.value = -STEPS
    isPlaying.value = true
    timer = setInterval(() => {
      if (!isShown()) return
      step.value += 1
      if (at.value === null) pause()
    }, PLAY_EVERY_MS)
  }

  onMounted(renew)
  onBeforeUnmount(pause)
  return { step, steps: STEPS, isPlaying, play, pause, renew }
}
