import { describe, expect, it } from 'vitest'
import { reachOf, routesOf, type Document } from './router.ts'

const KEY = { device: 'hashed', seq: 1 } as const
const LAYOUT = new Map([['rows', KEY]])

const routes = (command: Document) => routesOf(command, LAYOUT)
const reach = (filter: Document) => routes({ find: 'rows', filter }).map(reachOf)
const update = (q: Document, u: unknown, more: Document = {}) =>
  routes({ update: 'rows', updates: [{ q, u, ...more }] }).map(({ objection }) => objection)

describe('a filter', () => {
  it.each<[string, Document]>([
    ['one', { device: 'a' }],
    ['one', { device: { $eq: 'a' }, seq: { $gt: 1 } }],
    ['one', { $and: [{ type: 'x' }, { device: 'a' }, { $or: [{ at: 1 }, { at: 2 }] }] }],
    ['one', { device: { $in: ['a', 'b'] }, $and: [{ device: 'b' }] }],
    ['few', { device: { $in: ['a', 'b'] } }],
    ['few', { $or: [{ device: 'a', seq: 1 }, { device: 'b' }] }],
    ['every', { $or: [{ device: 'a' }, { seq: 1 }] }],
    ['every', { device: { $gte: 'a' } }],
    ['every', { device: /^a/ }],
    ['every', { seq: 1 }],
    ['every', { _id: 'x' }],
    ['every', {}],
  ])('asks %s of the shards: %o', (expected, filter) => {
    expect(reach(filter)).toEqual([expected])
  })
})

describe('a write', () => {
  it('is one for each value its rows have, absent ones among them', () => {
    const documents = [{ device: 'a' }, { device: 'a', seq: 2 }, { other: true }]
    expect(routes({ insert: 'rows', documents })).toMatchObject([{ values: new Set(['a', null]) }])
  })

  it('of many rows, of one by its id, or of one by the key is what MongoDB takes', () => {
    expect(update({ at: 1 }, { $set: { done: true } }, { multi: true })).toEqual([null])
    expect(update({ _id: 'x' }, { $set: { done: true } })).toEqual([null])
    expect(update({ device: 'a', seq: 1 }, { $set: { done: true } }, { upsert: true })).toEqual([
      null,
    ])
    const same = { device: 'a', seq: 1, done: true }
    expect(update({ device: 'a', seq: 1 }, same, { upsert: true })).toEqual([null])
  })

  it.each<[string, Document, unknown, Document?]>([
    ['may insert', { _id: 'x' }, { $set: { done: true } }, { upsert: true }],
    ['may insert', { device: 'a' }, { $set: { done: true } }, { upsert: true }],
    ['may change', { _id: 'x' }, { $set: { seq: 2 } }],
    ['may change', { _id: 'x' }, [{ $unset: 'seq' }], { multi: true }],
    ['may change', { _id: 'x' }, [{ $replaceWith: '$other' }]],
    ['may change', { _id: 'x' }, { device: 'a', seq: 1 }],
    ['may change', { device: 'a', seq: 1 }, { device: 'a', seq: 2 }],
    ['writes one row', { at: 1 }, { $set: { done: true } }],
  ])('that %s … is objected to: %o %o %o', (expected, q, u, more) => {
    expect(update(q, u, more)).toEqual([expect.stringContaining(expected)])
  })

  it('that finds and changes, or deletes, one row by neither key nor id is objected to', () => {
    const change = { findAndModify: 'rows', query: { at: 1 }, update: { $set: { done: true } } }
    const removal = { delete: 'rows', deletes: [{ q: { at: 1 }, limit: 1 }] }
    for (const command of [change, removal])
      expect(routes(command)).toMatchObject([{ objection: expect.stringContaining('one row') }])
  })

  it('that renames a collection over a sharded one is objected to', () => {
    const command = { renameCollection: 'db.next', to: 'db.rows', dropTarget: true }
    expect(routes(command)).toMatchObject([{ objection: expect.stringContaining('in its place') }])
  })
})
