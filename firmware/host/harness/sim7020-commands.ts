import type { Sim7020 } from './sim7020.ts'

export interface Command {
  pattern: RegExp
  act: (match: RegExpExecArray) => void
}

const SEARCH_MS = 2500
const ACTIVATE_MS = 500
const SHUT_DOWN_MS = 800
const PSM_MS = 4000

const two = (value: number): string => String(value % 100).padStart(2, '0')

/** `yy/MM/dd,hh:mm:ss+zz` in UTC, with the zone of India behind it. */
function clockText(epochMs: number): string {
  const now = new Date(epochMs)
  const date = [now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate()].map(two).join('/')
  const time = [now.getUTCHours(), now.getUTCMinutes(), now.getUTCSeconds()].map(two).join(':')
  return `${date},${time}+22`
}

/** What the module understands; anything else is an ERROR. */
export function commandsOf(modem: Sim7020): Command[] {
  const ok = (...lines: string[]) => {
    lines.forEach((line) => {
      modem.say(line)
    })
    modem.final('OK')
  }
  const plain = (pattern: RegExp, ...lines: string[]): Command => ({
    pattern,
    act: () => {
      ok(...lines)
    },
  })
  const registered = () => modem.coverage && modem.radio
  const registration = () =>
    `${modem.quirks.registrationAsCgreg ? '+CGREG' : '+CEREG'}: 5,${
      registered() ? '1,"00A0","0002920C",9,,,"00100001","00000001"' : '2'
    }`
  const address = () =>
    modem.quirks.loopbackAddress && modem.boots < 3 ? '127.0.0.1' : '10.250.0.253'
  return [
    plain(/^AT$/),
    {
      pattern: /^ATE([01])$/,
      act: ([, on]) => {
        if (!modem.quirks.losesEchoOff) modem.echo = on === '1'
        ok()
      },
    },
    plain(/^AT\+(?:CMEE|IPR|CTZU|CTZR|CURTC|CPSMSTATUS|CEREG|CGATT|CNBIOTRAI|CNBIOTDT)=/),
    {
      pattern: /^AT\+CFUN=([01])$/,
      act: ([, on]) => {
        modem.radio = on === '1'
        modem.later(SEARCH_MS, () => {
          modem.say(modem.radio ? '+CPIN: READY' : '+CPIN: NOT READY')
          modem.final('OK')
        })
      },
    },
    {
      pattern: /^AT\+CPIN\?$/,
      act: () => {
        if (modem.radio) ok('+CPIN: READY')
        else modem.final('+CME ERROR: 14')
      },
    },
    {
      pattern: /^AT\+CLTS\?$/,
      act: () => {
        ok(`+CLTS: ${modem.saved.networkTime ? 1 : 0}`)
      },
    },
    {
      pattern: /^AT\+CLTS=1$/,
      act: () => {
        modem.saved.networkTime = true
        ok()
      },
    },
    {
      pattern: /^AT\*MCGDEFCONT\?$/,
      act: () => {
        ok(`*MCGDEFCONT: "IP","${modem.saved.apn}"`)
      },
    },
    {
      pattern: /^AT\*MCGDEFCONT="IP","([^"]*)"/,
      act: ([, apn = '']) => {
        if (modem.radio) {
          modem.final('ERROR')
          return
        }
        modem.saved.apn = apn
        ok()
      },
    },
    {
      pattern: /^AT\+CPSMS=([01])/,
      act: ([, on]) => {
        modem.powerSaving = on === '1'
        ok()
        if (modem.powerSaving && !modem.http.connected) modem.later(PSM_MS, () => modem.sleep())
      },
    },
    {
      pattern: /^AT\+CEREG\?$/,
      act: () => {
        ok(registration())
      },
    },
    {
      pattern: /^AT\+CGACT=1,1$/,
      act: () => {
        modem.later(ACTIVATE_MS, () => {
          if (registered()) ok()
          else modem.final('+CME ERROR: 30')
        })
      },
    },
    {
      pattern: /^AT\+CGCONTRDP$/,
      act: () => {
        ok(`+CGCONTRDP: 1,5,"${modem.saved.apn}","${address()}.255.255.255.0"`)
      },
    },
    {
      pattern: /^AT\+CCLK\?$/,
      act: () => {
        const told = modem.saved.networkTime && !modem.quirks.noNetworkTime
        ok(`+CCLK: ${told ? clockText(modem.agenda.nowMs) : '00/01/01,00:00:12+00'}`)
      },
    },
    {
      pattern: /^AT\+CPOWD=1$/,
      act: () => {
        modem.later(SHUT_DOWN_MS, () => {
          modem.powerDown()
        })
      },
    },
    ...modem.http.commands,
    ...modem.mqtt.commands,
  ]
}
