import { describe, expect, it } from 'vitest'
import {
  keepingOf,
  keptUnder,
  mayKeep,
  offlinePageFor,
} from '../../../composables/offline/rules.ts'

const ORIGIN = 'https://portal.example'
const kept = (path: string, mode = 'cors', method = 'GET') =>
  keepingOf({ method, url: new URL(path, ORIGIN).href, mode }, ORIGIN)

describe('the service worker', () => {
  it('keeps public pages and what they show', () => {
    for (const path of [
      '/',
      '/hi',
      '/areas/in-br-patna',
      '/about/trust',
      '/complaints?area=in-br-patna',
      '/hi/complaints/new?lat=25&lon=85',
    ])
      expect(kept(path, 'navigate'), path).toBe('page')
    for (const path of [
      '/api/v1/map?bbox=1,2,3,4',
      '/api/v1/areas',
      '/api/v1/outages/x',
      '/api/v1/complaints?limit=50',
    ])
      expect(kept(path), path).toBe('state')
    for (const path of ['/_nuxt/abc.js', '/favicon.svg', '/manifest-hi.webmanifest'])
      expect(kept(path), path).toBe('asset')
  })

  it('never keeps what is for one person, however it is asked for', () => {
    for (const path of [
      'admin',
      'admin/people',
      'account',
      'sign-in',
      'invitation/x',
      'complaints/c',
      'complaints/newer',
    ])
      for (const prefix of ['/', '/hi/']) expect(kept(`${prefix}${path}`, 'navigate')).toBeNull()
    for (const path of [
      'admin/complaints',
      'account/sessions',
      'session',
      'invitations/x',
      'complaints/c-1',
      'complaints/challenge',
      'complaints/nearby?latitude=25',
      'areas/a/complaints/statistics',
      'push/subscriptions',
    ])
      expect(kept(`/api/v1/${path}`), path).toBeNull()
    expect(mayKeep(new Response('', { headers: { 'cache-control': 'no-store' } }))).toBe(false)
    expect(mayKeep(new Response('', { headers: { 'cache-control': 'private' } }))).toBe(false)
    expect(mayKeep(new Response('', { status: 503 }))).toBe(false)
    expect(mayKeep(new Response('', { headers: { 'cache-control': 'public, no-cache' } }))).toBe(
      true,
    )
  })

  it('leaves alone writes, other origins, streams, files and what says which build is the newest', () => {
    expect(kept('/', 'navigate', 'POST')).toBeNull()
    expect(kept('https://tile.example/1/2/3.png')).toBeNull()
    expect(kept('/api/v1/events')).toBeNull()
    expect(kept('/api/v1/batches/a/1/file')).toBeNull()
    expect(kept('/outages.csv', 'navigate')).toBeNull()
    expect(kept('/api/v1/openapi.json', 'navigate')).toBeNull()
    expect(kept('/_nuxt/builds/latest.json')).toBeNull()
  })

  it('finds the form whatever place its address names, and no other page that way', () => {
    const under = (path: string) => keptUnder(`${ORIGIN}${path}`)
    expect(under('/hi/complaints/new?area=in-br-patna')).toEqual([
      `${ORIGIN}/hi/complaints/new?area=in-br-patna`,
      `${ORIGIN}/hi/complaints/new`,
    ])
    expect(under('/outages?area=in-br-patna')).toEqual([`${ORIGIN}/outages?area=in-br-patna`])
  })

  it('speaks the language of the address when there is nothing to show', () => {
    expect(offlinePageFor(`${ORIGIN}/hi/about`)).toBe('/hi/offline')
    expect(offlinePageFor(`${ORIGIN}/history`)).toBe('/offline')
  })
})
