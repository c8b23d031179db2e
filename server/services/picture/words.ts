import type { PictureLanguage } from '../../../shared/api/pictures.ts'

/** What pictures for links say, by language. */

/** A number as it is written and as it is. */
interface Counted {
  text: string
  count: number
}

interface Words {
  /** What the sensors of an area report, as its page says it. */
  noSensors: string
  allSilent: (sensors: string) => string
  allOn: (heard: string, count: number) => string
  off: (off: string, sensors: string, count: number) => string
  customersOff: (off: string, served: string) => string
  silent: (silent: string, count: number) => string
  outageIn: (area: string) => string
  ongoing: (since: string) => string
  restored: (duration: string) => string
  fromTo: (from: string, to: string) => string
  extent: (customers: Counted, sensors: Counted) => string
  local: string
  asOf: (at: string) => string
  legend: Record<'off' | 'on' | 'silent' | 'back', (number: string) => string>
  motto: string
}

const several = (count: number, one: string, more: string): string => (count === 1 ? one : more)

export const WORDS: Record<PictureLanguage, Words> = {
  en: {
    noSensors: 'No sensor stands here, so nothing is known',
    allSilent: (sensors) =>
      `All ${sensors} sensors are silent: nobody knows whether there is power`,
    allOn: (heard, count) =>
      several(
        count,
        `The ${heard} sensor heard reports mains`,
        `All ${heard} sensors heard report mains`,
      ),
    off: (off, sensors, count) =>
      `${off} of ${sensors} sensors ${several(count, 'reports', 'report')} no mains`,
    customersOff: (off, served) => `${off} of ${served} watched customers off`,
    silent: (silent, count) =>
      `${silent} ${several(count, 'is silent and counts', 'are silent and count')} as neither on nor off`,
    outageIn: (area) => `Outage in ${area}`,
    ongoing: (since) => `No power since ${since}`,
    restored: (duration) => `Power is back after ${duration}`,
    fromTo: (from, to) => `From ${from} to ${to}`,
    extent: (customers, sensors) =>
      `${customers.text} ${several(customers.count, 'customer', 'customers')}, measured by ${sensors.text} ${several(sensors.count, 'sensor', 'sensors')}`,
    local: 'Only one home: it may be a fuse or an unplugged sensor',
    asOf: (at) => `As of ${at}`,
    legend: {
      off: (number) => `${number} off`,
      on: (number) => `${number} on`,
      silent: (number) => `${number} silent`,
      back: (number) => `${number} back`,
    },
    motto: 'Signed by sensors. Check it yourself.',
  },
  hi: {
    noSensors: 'यहाँ कोई सेंसर नहीं है, इसलिए स्थिति पता नहीं',
    allSilent: (sensors) => `सभी ${sensors} सेंसर मौन हैं: बिजली है या नहीं, पता नहीं`,
    allOn: (heard, count) =>
      several(
        count,
        `जिस ${heard} सेंसर से सूचना मिली, वह बिजली चालू बता रहा है`,
        `जिन ${heard} सेंसरों से सूचना मिली, सभी बिजली चालू बता रहे हैं`,
      ),
    off: (off, sensors, count) =>
      `${sensors} में से ${off} सेंसर बिजली बंद बता ${several(count, 'रहा है', 'रहे हैं')}`,
    customersOff: (off, served) => `निगरानी वाले ${served} में से ${off} उपभोक्ताओं की बिजली बंद`,
    silent: (silent, count) =>
      `${silent} मौन ${several(count, 'है, जिसे', 'हैं, जिन्हें')} न चालू गिना गया है न बंद`,
    outageIn: (area) => `${area} में बिजली कटौती`,
    ongoing: (since) => `${since} से बिजली नहीं है`,
    restored: (duration) => `${duration} बाद बिजली लौटी`,
    fromTo: (from, to) => `${from} से ${to} तक`,
    extent: (customers, sensors) => `${customers.text} उपभोक्ता, ${sensors.text} सेंसर के अनुसार`,
    local: 'केवल एक घर: कारण फ़्यूज़ या सेंसर का प्लग निकलना हो सकता है',
    asOf: (at) => `${at} की स्थिति`,
    legend: {
      off: (number) => `${number} बंद`,
      on: (number) => `${number} चालू`,
      silent: (number) => `${number} मौन`,
      back: (number) => `${number} लौटी`,
    },
    motto: 'सेंसरों के हस्ताक्षर के साथ। खुद जाँचें।',
  },
}
