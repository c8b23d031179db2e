import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Longest path of a Unix socket on Linux; macOS takes 103. Source: unix(7), sun_path. */
const SOCKET_PATH_BYTES = process.platform === 'darwin' ? 103 : 107
/** What the engine adds to its folder: /embedded-mongodb-XXXXXX/mongodb.sock. */
const ENGINE_SUFFIX_BYTES = 37

/**
 * A folder of this user alone for the socket of the database in `dir`: within it where that path is
 * short enough, else one of a fixed short name in the system's temporary folder, so that the next
 * start finds it again. Throws when both are too deep or the folder is somebody else's.
 */
export async function socketFolder(dir: string): Promise<string> {
  const own = resolve(dir)
  const name = createHash('sha256').update(own).digest('hex').slice(0, 12)
  const candidates = [join(own, 'socket'), join(tmpdir(), `gridwitness-${name}`)]
  const folder = candidates.find((path) => Buffer.byteLength(path) <= folderLimitBytes())
  if (folder === undefined) {
    throw new Error(
      `MongoDB socket folder: expected at most ${folderLimitBytes()} bytes of path, got ${candidates.join(' and ')}; choose a shorter data folder or TMPDIR`,
    )
  }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const found = await lstat(folder)
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new Error(`${folder}: expected a folder of this user for the MongoDB socket`)
  }
  await chmod(folder, 0o700)
  return folder
}

function folderLimitBytes(): number {
  return SOCKET_PATH_BYTES - ENGINE_SUFFIX_BYTES
}
