import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'

/** Fields of a shard key in their order. */
export type ShardKey = Readonly<Record<string, 1 | 'hashed'>>
/** Shard key of each collection that lies on all shards; every other lies whole on one. */
export type Layout = ReadonlyMap<string, ShardKey>

const SCRIPT = new URL('../../../docs/sharding/shard.js', import.meta.url)

/** What an operator runs, with another shell around it: the indexes it makes, and the keys it shards by. */
export function readLayout(): { layout: Layout; indexes: Layout } {
  const layout = new Map<string, ShardKey>()
  const indexes = new Map<string, ShardKey>()
  runInNewContext(readFileSync(SCRIPT, 'utf8'), {
    db: {
      getName: () => 'gridwitness',
      getCollection: (name: string) => ({
        createIndex: (key: ShardKey) => indexes.set(name, { ...key }),
      }),
    },
    sh: {
      shardCollection: (namespace: string, key: ShardKey) =>
        layout.set(namespace.replace('gridwitness.', ''), { ...key }),
    },
  })
  return { layout, indexes }
}
