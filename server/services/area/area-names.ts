import type { Deps } from '../deps.ts'

/** Names of these areas by id; one never described is absent. */
export async function areaNames(
  { models }: Pick<Deps, 'models'>,
  areaIds: readonly string[],
): Promise<Map<string, string>> {
  const ids = [...new Set(areaIds)]
  const rows = await models.areas.find({ _id: { $in: ids } }, { name: 1 }).lean()
  return new Map(rows.map(({ _id, name }) => [_id, name]))
}
