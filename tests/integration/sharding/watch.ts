import type { mongo } from 'mongoose'
import type { Models } from '../../../server/models/index.ts'
import type { Document } from './router.ts'

/** Every command a database is sent while something is done. */
export async function commandsDuring(
  { records: { db } }: Pick<Models, 'records'>,
  work: () => Promise<unknown>,
): Promise<Document[]> {
  const commands: Document[] = []
  const note = ({ command }: mongo.CommandStartedEvent) => commands.push(command)
  const client = db.getClient()
  client.on('commandStarted', note)
  try {
    await work()
  } finally {
    client.off('commandStarted', note)
  }
  return commands
}
