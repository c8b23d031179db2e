import { CodedError } from '../../shared/coded-error.ts'

interface Patience {
  /** Nobody waits longer than this, counted from when the question was put to the store. */
  waitMs: number
  /** An answer this young is given again without asking. */
  keepMs: number
}

/**
 * A question to a store that may hang, for whoever must answer at once: put once at a time, whoever asks meanwhile waits
 * for the same answer, and not at all once it is overdue. Throws what the store throws, `overdue` where it says nothing.
 */
export function lately<T>(ask: () => Promise<T>, { waitMs, keepMs }: Patience): () => Promise<T> {
  let answered: { value: T; atMs: number } | null = null
  let underWay: { answer: Promise<T>; beganAtMs: number } | null = null

  function begun() {
    const answer = ask().then((value) => {
      answered = { value, atMs: performance.now() }
      return value
    })
    const done = () => {
      underWay = null
    }
    answer.then(done, done)
    return { answer, beganAtMs: performance.now() }
  }

  return async () => {
    if (answered && performance.now() - answered.atMs < keepMs) return answered.value
    const { answer, beganAtMs } = (underWay ??= begun())
    const leftMs = beganAtMs + waitMs - performance.now()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const overdue = () => reject(new CodedError('overdue', `no answer within ${waitMs} ms`))
      if (leftMs <= 0) overdue()
      else timer = setTimeout(overdue, leftMs)
    })
    try {
      return await Promise.race([answer, late])
    } finally {
      clearTimeout(timer)
    }
  }
}
