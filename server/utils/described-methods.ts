import { apiOperations } from '../../shared/api/openapi'

/** Part of an address: what may follow it by name, what by a parameter, and the methods where it ends. */
interface Branch {
  named: Map<string, Branch>
  any: Branch | null
  methods: readonly string[] | null
}

const branch = (): Branch => ({ named: new Map(), any: null, methods: null })

const root = branch()
for (const [path, operations] of Object.entries(apiOperations)) {
  const end = path
    .slice(1)
    .split('/')
    .reduce(
      (at, part) => (part.startsWith('{') ? (at.any ??= branch()) : following(at, part)),
      root,
    )
  end.methods = methodsBeside(Object.keys(operations).map((method) => method.toUpperCase()))
}

function following(at: Branch, part: string): Branch {
  const next = at.named.get(part) ?? branch()
  at.named.set(part, next)
  return next
}

/** HEAD is answered wherever GET is, OPTIONS everywhere (RFC 9110 §9.3.2, §9.3.7). */
function methodsBeside(methods: string[]): readonly string[] {
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS']
}

/** The methods the address of a request takes, as the OpenAPI document has them; null for one that is not in it. */
export function describedMethods(path: string): readonly string[] | null {
  let at: Branch | null = root
  for (const part of path.replace(/\?.*$/s, '').replace(/\/$/, '').slice(1).split('/'))
    at = at?.named.get(part) ?? at?.any ?? null
  return at?.methods ?? null
}
