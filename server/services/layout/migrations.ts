import type { Deps } from '../deps.ts'

/**
 * One step from a layout to the next. It may be killed at any instruction and run again from its beginning, also over what
 * it changed before; what it leaves half done can be read by the version before it and by its own (docs/upgrading.md).
 */
export interface Migration {
  /** Of the layout it leads to: one more than the layout it starts from. */
  version: number
  name: string
  run(deps: Pick<Deps, 'models' | 'clock'>): Promise<void>
}

/** The layout of the first release that kept a version. */
export const FIRST_LAYOUT = 1

/** All migrations, in order, the first leading to layout 2. */
export const MIGRATIONS: readonly Migration[] = []
