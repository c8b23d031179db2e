import type { Deps } from '../deps.ts'

/** Version of the data layout of this database; null: no portal has seen it yet. */
export async function layoutVersion({ models }: Pick<Deps, 'models'>): Promise<number | null> {
  return (await models.layouts.findById('layout').lean())?.version ?? null
}
