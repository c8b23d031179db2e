import { isSamePlace, type Position } from '../shared/area-geometry.ts'

interface Side {
  ring: number
  index: number
  from: Position
  to: Position
}

/**
 * Where the rings of a polygon cross, or one touches itself, in words; undefined where none does. On the plane of longitude
 * and latitude, as RFC 7946 §3.1.6 draws sides. Rings are closed and repeat no position at once.
 */
export function ringCrossing(rings: readonly (readonly Position[])[]): string | undefined {
  const sides = rings.flatMap(sidesOf).toSorted((a, b) => west(a) - west(b))
  let open: Side[] = []
  for (const side of sides) {
    open = open.filter((other) => east(other) >= west(side))
    const crossed = open.find((other) => meets(side, other, rings))
    if (crossed) return `the sides ${shown(crossed)} and ${shown(side)} meet`
    open.push(side)
  }
  return undefined
}

const sidesOf = (ring: readonly Position[], number: number): Side[] =>
  ring.slice(1).map((to, index) => ({ ring: number, index, from: ring[index] ?? to, to }))

const west = ({ from, to }: Side): number => Math.min(from[0], to[0])
const east = ({ from, to }: Side): number => Math.max(from[0], to[0])
const south = ({ from, to }: Side): number => Math.min(from[1], to[1])
const north = ({ from, to }: Side): number => Math.max(from[1], to[1])

function meets(a: Side, b: Side, rings: readonly (readonly Position[])[]): boolean {
  if (south(a) > north(b) || south(b) > north(a)) return false
  const turns = [
    turn(b.from, b.to, a.from),
    turn(b.from, b.to, a.to),
    turn(a.from, a.to, b.from),
    turn(a.from, a.to, b.to),
  ] as const
  // A hole may touch its outer ring in a point.
  if (a.ring !== b.ring) return turns[0] * turns[1] < 0 && turns[2] * turns[3] < 0
  const sides = (rings[a.ring]?.length ?? 0) - 1
  const apart = Math.abs(a.index - b.index)
  // Neighbours share a corner, and meet beyond it only where one folds back onto the other.
  if (apart === 1 || apart === sides - 1) return isFold(a, b) && turns.every((side) => side === 0)
  return turns[0] * turns[1] <= 0 && turns[2] * turns[3] <= 0
}

/** Two sides at a corner whose far ends lie on the same side of it. */
function isFold(a: Side, b: Side): boolean {
  const [corner, one, other] = isSamePlace(a.to, b.from)
    ? [a.to, a.from, b.to]
    : [a.from, a.to, b.from]
  const along = (one[0] - corner[0]) * (other[0] - corner[0])
  return along + (one[1] - corner[1]) * (other[1] - corner[1]) > 0
}

/** On which side of a line a position lies: positive left, negative right, 0 on it. */
const turn = (from: Position, to: Position, at: Position): number =>
  Math.sign((to[0] - from[0]) * (at[1] - from[1]) - (to[1] - from[1]) * (at[0] - from[0]))

const shown = ({ from, to }: Side): string => `[${from.join(', ')}]–[${to.join(', ')}]`
