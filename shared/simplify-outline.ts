import { mapRings, squareMetres, type AreaGeometry, type Position } from './area-geometry.ts'

const METRES_PER_DEGREE = 111_320
const RADIANS = Math.PI / 180
/** A corner goes when the triangle it makes with its neighbours is smaller: of the order of 100 m by 100 m. */
const CORNER_SQUARE_METRES = 10_000
/** … or smaller than this share of the whole area, so that a lane keeps its shape. */
const CORNER_SHARE = 1 / 1000
const MIN_RING_POSITIONS = 4

/**
 * The outline with fewer corners, for drawing only. Each ring is simplified by itself, so that between two areas hair-thin
 * gaps and overlaps may appear, and a ring may touch itself; nothing is ever decided by it.
 */
export function simplifyOutline(geometry: AreaGeometry): AreaGeometry {
  const tolerance = Math.min(CORNER_SQUARE_METRES, squareMetres(geometry) * CORNER_SHARE)
  return mapRings(geometry, (ring) => simplifyLine(ring, tolerance, MIN_RING_POSITIONS))
}

interface Corner {
  index: number
  squareMetres: number
}

/**
 * A line without its smallest corners: Visvalingam and Whyatt, "Line generalisation by repeated elimination of points", 1993.
 * Both ends stay, and at least `keep` positions. The same in both directions, ties aside. O(n log n).
 */
export function simplifyLine(
  line: readonly Position[],
  toleranceSquareMetres: number,
  keep: number,
): Position[] {
  const before = line.map((_, index) => index - 1)
  const after = line.map((_, index) => index + 1)
  const sizes = line.map((_, index) => cornerSize(line, index - 1, index, index + 1))
  const heap: Corner[] = []
  for (const [index, size] of sizes.entries()) push(heap, { index, squareMetres: size })
  const isGone = line.map(() => false)

  let left = line.length
  for (let corner = pop(heap); corner && left > keep; corner = pop(heap)) {
    const { index } = corner
    // A corner is pushed anew whenever it grows; what no longer holds is passed over.
    if (isGone[index] || corner.squareMetres !== sizes[index]) continue
    if (corner.squareMetres >= toleranceSquareMetres) break
    isGone[index] = true
    left -= 1
    const [previous = 0, next = 0] = [before[index], after[index]]
    after[previous] = next
    before[next] = previous
    for (const neighbour of [previous, next]) {
      const size = cornerSize(line, before[neighbour], neighbour, after[neighbour])
      // No neighbour goes before the corner that uncovered it.
      const grown = Math.max(size, corner.squareMetres)
      sizes[neighbour] = grown
      push(heap, { index: neighbour, squareMetres: grown })
    }
  }
  return line.filter((_, index) => !isGone[index])
}

/** Size of the triangle at a corner, on a plane that touches there; endless at an end of the line. */
function cornerSize(line: readonly Position[], from = -1, at: number, to = -1): number {
  const [a, b, c] = [line[from], line[at], line[to]]
  if (!a || !b || !c) return Infinity
  const doubled = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
  return (Math.abs(doubled) / 2) * METRES_PER_DEGREE ** 2 * Math.cos(b[1] * RADIANS)
}

/** Binary heap, the smallest corner on top. */
function push(heap: Corner[], corner: Corner): void {
  let at = heap.length
  while (at > 0) {
    const above = (at - 1) >> 1
    const parent = heap[above]
    if (parent === undefined || parent.squareMetres <= corner.squareMetres) break
    heap[at] = parent
    at = above
  }
  heap[at] = corner
}

function pop(heap: Corner[]): Corner | undefined {
  const top = heap[0]
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return top
  let at = 0
  for (;;) {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]]
    const isRight =
      right !== undefined && left !== undefined && right.squareMetres < left.squareMetres
    const child = isRight ? right : left
    if (child === undefined || child.squareMetres >= last.squareMetres) break
    heap[at] = child
    at = 2 * at + (isRight ? 2 : 1)
  }
  heap[at] = last
  return top
}
