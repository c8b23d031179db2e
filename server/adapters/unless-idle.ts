/**
 * Runs work until it says nothing for `idleMs`: `isAlive` is what it calls at each sign of progress. Throws then, and
 * aborts the signal, so that work which never ends by itself lets go of what it holds.
 */
export async function unlessIdle<T>(
  idleMs: number,
  work: (isAlive: () => void, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const aborter = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const idle = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`no sign of life for ${idleMs} ms`)
      reject(error)
      aborter.abort(error)
    }, idleMs)
  })
  try {
    return await Promise.race([work(() => timer?.refresh(), aborter.signal), idle])
  } finally {
    clearTimeout(timer)
  }
}
