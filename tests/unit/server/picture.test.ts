import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { pngOf, type Picture } from '../../../server/adapters/picture.ts'
import { drawnPictures } from '../../../server/services/picture/drawn.ts'
import { layOut, type PictureFacts } from '../../../server/services/picture/layout.ts'

const facts: PictureFacts = {
  language: 'en',
  title: 'Patna',
  headline: '2 of 9 sensors report no mains',
  state: 'off',
  lines: ['As of 21 Nov 2026, 14:05 IST'],
  place: { outline: null, points: [{ state: 'off', at: [85.1, 25.6] }] },
  legend: [{ state: 'off', text: '2 off' }],
  motto: 'Signed',
}

describe('the picture of a link', () => {
  it.each([
    ['in Latin', 'Patna', 'en'],
    ['in Devanagari', 'पश्चिमी चम्पारण', 'hi'],
    ['of a name that needs five lines', 'Vishwanathpuram '.repeat(12), 'en'],
    ['of a name of one endless word', 'श्रीकृष्णनगर'.repeat(12), 'hi'],
    ['of a name with markup and a byte XML forbids', '</span><b>&amp;\u0000', 'en'],
  ])('is a PNG of 1200 by 630 pixels %s', async (_case, title, language) => {
    const png = await pngOf(layOut({ ...facts, title, language }))
    const { format, width, height } = await sharp(png).metadata()
    expect([format, width, height]).toEqual(['png', 1200, 630])
  })

  it('joins the letters of Devanagari, instead of a box for each that is missing', async () => {
    const widthOf = async (title: string) => {
      const png = await pngOf(layOut({ ...facts, language: 'hi', title }))
      const line = await sharp(png)
        .extract({ left: 20, top: 150, width: 700, height: 62 })
        .toBuffer()
      return (await sharp(line).trim().toBuffer({ resolveWithObject: true })).info.width
    }
    expect(await widthOf('क्षि')).toBeLessThan(2 * (await widthOf('क')))
  })

  it('gives a name no markup of its own', () => {
    const { texts } = layOut({ ...facts, title: '<span size="90pt">' })
    expect(texts.map(({ markup }) => markup).join()).toContain('&lt;span size="90pt"&gt;')
  })

  it('gives the words the whole width where no place is known', () => {
    const widest = (picture: Picture) => Math.max(...picture.texts.map(({ width }) => width))
    const nowhere = layOut({ ...facts, place: { outline: null, points: [] } })
    expect(widest(nowhere)).toBeGreaterThan(widest(layOut(facts)))
    expect(nowhere.svg).not.toContain('<circle')
  })

  it('holds one dot for sensors that stand together, however many they are', () => {
    const points = Array.from({ length: 5000 }, (_, index) => ({
      state: 'on' as const,
      at: [85 + (index % 50) * 1e-6, 25] as const,
    }))
    const { svg } = layOut({ ...facts, place: { outline: null, points }, legend: [] })
    expect(svg.match(/<circle/g)).toHaveLength(1)
  })
})

describe('pictures asked for', () => {
  const pictureOf = (name: string): Picture => ({ svg: name, texts: [] })

  it('are drawn one at a time and once, and refused when too many wait', async () => {
    let [drawing, most, drawn] = [0, 0, 0]
    const finish: (() => void)[] = []
    const pictures = drawnPictures(async () => {
      most = Math.max(most, ++drawing)
      drawn += 1
      await new Promise<void>((resolve) => finish.push(resolve))
      drawing -= 1
      return new Uint8Array()
    })
    const asked = Array.from({ length: 20 }, (_, index) => pictures.draw(pictureOf(`${index}`)))
    asked.push(pictures.draw(pictureOf('0')))
    await expect(pictures.draw(pictureOf('more'))).rejects.toMatchObject({ code: 'rate_limited' })
    for (let done = 0; done < 20; done += 1) {
      await expect.poll(() => finish.length, { interval: 1 }).toBe(1)
      finish.shift()?.()
    }
    await Promise.all(asked)
    expect([most, drawn]).toEqual([1, 20])
  })

  it('are drawn anew where the first try failed', async () => {
    let tries = 0
    const pictures = drawnPictures(async () => {
      tries += 1
      if (tries === 1) throw new Error('no font')
      return new Uint8Array([1])
    })
    await expect(pictures.draw(pictureOf('one'))).rejects.toThrow('no font')
    expect(await pictures.draw(pictureOf('one'))).toEqual(new Uint8Array([1]))
  })
})
