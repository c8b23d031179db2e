/** Calls `run` at once, then at most every `everyMs`; calls in between end in one more at the end. `stop` forgets it. */
export function throttled(
  run: () => void,
  everyMs: number,
): { call: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isWanted = false

  function call() {
    if (timer) {
      isWanted = true
      return
    }
    run()
    timer = setTimeout(() => {
      timer = undefined
      if (!isWanted) return
      isWanted = false
      call()
    }, everyMs)
  }

  return { call, stop: () => clearTimeout(timer) }
}
