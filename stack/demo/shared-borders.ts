import {
  isSamePlace,
  mapRings,
  type AreaGeometry,
  type Position,
} from '../../shared/area-geometry.ts'
import { simplifyLine } from '../../shared/simplify-outline.ts'

/** A ring needs a corner on each side of its ends. */
const MIN_RING_POSITIONS = 4
const MIN_LINE_POSITIONS = 2

/**
 * Simplifies outlines together, so that neighbours still share each border to the last digit: borders are cut where three
 * meet, and each piece is simplified once. Positions of a shared border must be equal. Rings then run as RFC 7946
 * §3.1.6 wants them.
 */
export function simplifyTogether(
  outlines: readonly AreaGeometry[],
  toleranceSquareMetres: number,
): AreaGeometry[] {
  const junctions = junctionsOf(outlines)
  const known = new Map<string, Position[]>()
  const simplified = (piece: Position[]): Position[] => {
    const key = piece.join(' ')
    const found = known.get(key)
    if (found) return found
    const isRing = isSamePlace(piece[0] ?? [0, 0], piece.at(-1) ?? [0, 0])
    const keep = isRing ? MIN_RING_POSITIONS : MIN_LINE_POSITIONS
    const line = simplifyLine(piece, toleranceSquareMetres, keep)
    known.set(key, line)
    known.set(piece.toReversed().join(' '), line.toReversed())
    return line
  }
  return outlines.map((outline) =>
    mapRings(outline, (ring) => {
      const pieces = cut(ring, junctions).map(simplified)
      const [first = []] = pieces
      return [...first.slice(0, 1), ...pieces.flatMap((piece) => piece.slice(1))]
    }),
  )
}

/** Positions with more than two neighbours among all rings. */
function junctionsOf(outlines: readonly AreaGeometry[]): Set<string> {
  const neighbours = new Map<string, Set<string>>()
  const note = (at: Position, neighbour: Position): void => {
    const known = neighbours.get(String(at)) ?? new Set<string>()
    neighbours.set(String(at), known.add(String(neighbour)))
  }
  for (const outline of outlines) {
    mapRings(outline, (ring) => {
      for (const [index, to] of ring.slice(1).entries()) {
        const from = ring[index] ?? to
        note(from, to)
        note(to, from)
      }
      return ring
    })
  }
  return new Set([...neighbours].filter(([, around]) => around.size > 2).map(([at]) => at))
}

/** The pieces of a ring between junctions; a ring without any is one piece that begins at its smallest position. */
function cut(ring: Position[], junctions: Set<string>): Position[][] {
  const open = ring.slice(1)
  const isJunction = (at: Position): boolean => junctions.has(String(at))
  const start = Math.max(0, open.some(isJunction) ? open.findIndex(isJunction) : smallest(open))
  const turned = [...open.slice(start), ...open.slice(0, start + 1)]
  const pieces: Position[][] = []
  let piece: Position[] = []
  for (const [index, at] of turned.entries()) {
    piece.push(at)
    if (index > 0 && (isJunction(at) || index === turned.length - 1)) {
      pieces.push(piece)
      piece = [at]
    }
  }
  return pieces
}

const smallest = (positions: Position[]): number =>
  positions.reduce((best, at, index) => (String(at) < String(positions[best]) ? index : best), 0)
