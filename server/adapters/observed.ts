import { performance } from 'node:perf_hooks'
import { CodedError } from '../../shared/coded-error.ts'

/** A call to a store: its name, how long it took in ms, and the code it failed with; null: it did not. */
export type NoteCall = (call: string, durationMs: number, code: string | null) => void

/** The same adapter; tells of every call that answers by a promise. Streams, which are read at their reader's pace, are not timed. */
export function observed<Adapter extends object>(adapter: Adapter, note: NoteCall): Adapter {
  return new Proxy(adapter, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]): unknown => {
        const beganAtMs = performance.now()
        const answer: unknown = Reflect.apply(member, target, args)
        if (!(answer instanceof Promise)) return answer
        const end = (code: string | null) => note(String(name), performance.now() - beganAtMs, code)
        answer.then(
          () => end(null),
          (error: unknown) => end(error instanceof CodedError ? error.code : 'internal'),
        )
        return answer
      }
    },
  })
}
