/* global db, sh */
// Spreads what grows with every reading over the shards of a cluster. Once, as its administrator, with the portal stopped:
//   mongosh 'mongodb://mongos.example:27017/gridwitness' docs/sharding/shard.js
// Why these keys, and why nothing else is here: docs/operators-guide.md, "Growing".
const KEYS = {
  records: { device_id: 'hashed', seq: 1 },
  equivocations: { device_id: 'hashed', seq: 1 },
  leaf_lists: { _id: 'hashed' },
}

for (const [name, key] of Object.entries(KEYS)) {
  db.getCollection(name).createIndex(key)
  sh.shardCollection(`${db.getName()}.${name}`, key)
}
