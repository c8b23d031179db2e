import { createHash } from 'node:crypto'
import { CodedError } from '../../../shared/coded-error.ts'
import { pngOf, type Picture } from '../../adapters/picture.ts'

/** Pictures kept: about 50 kB each. */
const MAX_KEPT = 200
/** Pictures waiting to be drawn; whoever comes then is asked to come again. */
const MAX_WAITING = 20

/** Draws one picture at a time, however many are asked for, each once, and keeps those asked for last. */
export function drawnPictures(draw: (picture: Picture) => Promise<Uint8Array> = pngOf) {
  const kept = new Map<string, Promise<Uint8Array>>()
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0

  function enqueue(picture: Picture): Promise<Uint8Array> {
    if (waiting >= MAX_WAITING)
      throw new CodedError('rate_limited', `picture: ${waiting} are waiting to be drawn already`)
    waiting += 1
    const drawn = last.then(() => draw(picture)).finally(() => (waiting -= 1))
    last = drawn.catch(() => undefined)
    return drawn
  }

  return {
    /** PNG of a picture. Throws `rate_limited` when too many wait. */
    async draw(picture: Picture): Promise<Uint8Array> {
      const key = createHash('sha256').update(JSON.stringify(picture)).digest('base64url')
      const drawn = kept.get(key) ?? enqueue(picture)
      kept.delete(key)
      kept.set(key, drawn)
      for (const oldest of [...kept.keys()].slice(0, -MAX_KEPT)) kept.delete(oldest)
      try {
        return await drawn
      } catch (failure) {
        kept.delete(key)
        throw failure
      }
    },
  }
}
