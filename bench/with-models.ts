import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mongoose from 'mongoose'
import { createModels, ensureIndexes, type Models } from '../server/models/index.ts'
import { startMongo } from '../stack/mongodb/index.ts'

/** A folder for as long as the work takes. */
export async function withFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'gridwitness-bench-'))
  try {
    return await work(dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Collections with their indexes, at this address. */
export async function withModelsAt<T>(
  uri: string,
  work: (models: Models) => Promise<T>,
): Promise<T> {
  const connection = await mongoose.createConnection(uri).asPromise()
  try {
    const models = createModels(connection)
    await ensureIndexes(models)
    return await work(models)
  } finally {
    await connection.close()
  }
}

/** The same in a database of its own. */
export const withModels = <T>(work: (models: Models) => Promise<T>): Promise<T> =>
  withFolder(async (dir) => {
    const mongo = await startMongo({ dir })
    try {
      return await withModelsAt(mongo.uri, work)
    } finally {
      await mongo.stop()
    }
  })
