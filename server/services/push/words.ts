import type { PushNotice } from '../../../shared/api/push.ts'

export interface NoticeFacts {
  kind: 'began' | 'ended'
  outageId: string
  areaName: string
  devices: number
  startedAt: Date
  endedAt: Date | null
}

type Language = 'en' | 'hi'

interface Words {
  began: (area: string) => string
  ended: (area: string) => string
  since: (devices: string, at: string) => string
  fromTo: (from: string, to: string) => string
  stop: string
}

const WORDS: Record<Language, Words> = {
  en: {
    began: (area) => `${area}: no mains`,
    ended: (area) => `${area}: mains are back`,
    since: (devices, at) => `Sensors that reported it: ${devices}. Since ${at}.`,
    fromTo: (from, to) => `No mains from ${from} to ${to}.`,
    stop: 'No more notices',
  },
  hi: {
    began: (area) => `${area}: बिजली नहीं है`,
    ended: (area) => `${area}: बिजली आ गई`,
    since: (devices, at) => `बताने वाले सेंसर: ${devices}। ${at} से।`,
    fromTo: (from, to) => `${from} से ${to} तक बिजली नहीं थी।`,
    stop: 'सूचनाएँ बंद करें',
  },
}

/** A notice in a language; `timeZone` is the IANA name of the zone in which it tells the time. */
export function noticeOf(facts: NoticeFacts, language: Language, timeZone: string): PushNotice {
  const words = WORDS[language]
  const moments = new Intl.DateTimeFormat(`${language}-IN-u-nu-latn`, {
    timeZone,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const { kind, outageId, areaName, devices, startedAt, endedAt } = facts
  const started = moments.format(startedAt)
  const prefix = language === 'en' ? '' : `/${language}`
  return {
    title: words[kind](areaName),
    body: endedAt
      ? words.fromTo(started, moments.format(endedAt))
      : words.since(String(devices), started),
    path: `${prefix}/outages/${encodeURIComponent(outageId)}`,
    tag: outageId,
    stop: words.stop,
  }
}
