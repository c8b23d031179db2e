import { create } from 'xmlbuilder2'
import { LICENCE } from './licence.ts'

/** An Atom feed: RFC 4287; the licence by RFC 4946. */
export interface AtomFeed {
  /** Where the feed itself is; its id too. */
  selfUrl: string
  /** The page that shows the same. */
  pageUrl: string
  title: string
  /** The day of this moment is when a feed without entries was last changed. */
  asOf: Date
  entries: AtomEntry[]
}

export interface AtomEntry {
  /** The page about it; its id too. */
  url: string
  title: string
  summary: string
  category: string
  publishedAt: string
  updatedAt: string
  /** The same in another format. */
  enclosure?: { url: string; type: string }
}

const link = (rel: string, href: string, type?: string) => ({
  '@rel': rel,
  '@href': href,
  ...(type && { '@type': type }),
})

/** XML 1.0 has no place for control characters, not even escaped. */
export const xmlText = (text: string): string =>
  text.toWellFormed().replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')

/** The feed as an XML document. */
export function atomDocument({ selfUrl, pageUrl, title, asOf, entries }: AtomFeed): string {
  const latest = entries.map((entry) => entry.updatedAt).sort()
  return create(
    { version: '1.0', encoding: 'UTF-8' },
    {
      feed: {
        '@xmlns': 'http://www.w3.org/2005/Atom',
        id: selfUrl,
        title: xmlText(title),
        updated: latest.at(-1) ?? `${asOf.toISOString().slice(0, 10)}T00:00:00Z`,
        author: { name: 'Gridwitness' },
        rights: LICENCE.id,
        link: [
          link('self', selfUrl, 'application/atom+xml'),
          link('alternate', pageUrl, 'text/html'),
          link('license', LICENCE.url),
        ],
        entry: entries.map(asEntry),
      },
    },
  ).end({ prettyPrint: true })
}

const asEntry = ({
  url,
  title,
  summary,
  category,
  publishedAt,
  updatedAt,
  enclosure,
}: AtomEntry) => ({
  id: url,
  title: xmlText(title),
  published: publishedAt,
  updated: updatedAt,
  category: { '@term': category },
  link: [
    link('alternate', url, 'text/html'),
    ...(enclosure ? [link('enclosure', enclosure.url, enclosure.type)] : []),
  ],
  summary: xmlText(summary),
})
