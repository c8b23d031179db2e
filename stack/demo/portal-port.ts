import { isFree, usualPort } from '../ports.ts'

const USUAL_PORT = 3000

/** The port asked for, which must be free; without one, 3000 or a free one. */
export async function portalPort(asked: number | undefined): Promise<number> {
  if (asked === undefined) return usualPort(USUAL_PORT)
  if (await isFree(asked)) return asked
  throw new Error(`--port: expected a free port, ${asked} is in use`)
}
