// Makes pictures of screens small: 255 colours are enough for a page, and a fifth of the bytes.

import zlib from 'node:zlib'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const MOST_COLOURS = 256

/** The same picture with a palette; takes what Chromium writes: 8 bits a channel, not interlaced. */
export function withPalette(png) {
  const { width, height, channels, pixels } = decode(png)
  const counts = new Map()
  const colourAt = (n) => (pixels[n * channels] << 16) | (pixels[n * channels + 1] << 8) | pixels[n * channels + 2]
  for (let n = 0; n < width * height; n += 1) counts.set(colourAt(n), (counts.get(colourAt(n)) ?? 0) + 1)
  const palette = chosen(counts)
  const places = new Map()
  const place = (colour) => {
    if (!places.has(colour)) places.set(colour, nearest(palette, colour))
    return places.get(colour)
  }
  const rows = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = place(colourAt(y * width + x))
  }
  return encode(width, height, palette, rows)
}

/** The commonest colours, and of those that lie close together only the first. */
function chosen(counts) {
  const byCount = [...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour)
  for (const apart of [0, 12, 48, 108, 300, 1200]) {
    const taken = []
    for (const colour of byCount) {
      if (taken.length > MOST_COLOURS) break
      if (apart === 0 || taken.every((other) => distance(colour, other) > apart)) taken.push(colour)
    }
    if (taken.length <= MOST_COLOURS) return taken
  }
  return byCount.slice(0, MOST_COLOURS)
}

function distance(a, b) {
  const [red, green, blue] = [(a >> 16) - (b >> 16), ((a >> 8) & 255) - ((b >> 8) & 255), (a & 255) - (b & 255)]
  return red * red + green * green + blue * blue
}

function nearest(palette, colour) {
  let best = 0
  palette.forEach((other, n) => {
    if (distance(other, colour) < distance(palette[best], colour)) best = n
  })
  return best
}

function decode(png) {
  if (!png.subarray(0, 8).equals(SIGNATURE)) throw new Error('no PNG')
  const data = []
  let head
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at)
    const kind = png.toString('latin1', at + 4, at + 8)
    const content = png.subarray(at + 8, at + 8 + length)
    if (kind === 'IHDR') head = content
    if (kind === 'IDAT') data.push(content)
    at += length + 12
  }
  const [width, height, depth, colourType, interlace] = [head.readUInt32BE(0), head.readUInt32BE(4), head[8], head[9], head[12]]
  const channels = { 2: 3, 6: 4 }[colourType]
  if (depth !== 8 || !channels || interlace !== 0) throw new Error(`a PNG of another kind: ${depth} ${colourType} ${interlace}`)
  return { width, height, channels, pixels: unfiltered(zlib.inflateSync(Buffer.concat(data)), width * channels, height, channels) }
}

/** PNG, section 9: filters. */
function unfiltered(raw, stride, height, channels) {
  const out = Buffer.alloc(stride * height)
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)]
    for (let x = 0; x < stride; x += 1) {
      const left = x < channels ? 0 : out[y * stride + x - channels]
      const up = y === 0 ? 0 : out[(y - 1) * stride + x]
      const upLeft = x < channels || y === 0 ? 0 : out[(y - 1) * stride + x - channels]
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, upLeft)][filter]
      out[y * stride + x] = raw[y * (stride + 1) + 1 + x] + predicted
    }
  }
  return out
}

function paeth(left, up, upLeft) {
  const guess = left + up - upLeft
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - upLeft)]
  if (a <= b && a <= c) return left
  return b <= c ? up : upLeft
}

function encode(width, height, palette, rows) {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 3, 0, 0, 0], 8)
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]))
  const data = zlib.deflateSync(rows, { level: 9, memLevel: 9 })
  return Buffer.concat([SIGNATURE, chunk('IHDR', head), chunk('PLTE', colours), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}

function chunk(kind, content) {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), content])
  const whole = Buffer.alloc(body.length + 8)
  whole.writeUInt32BE(content.length, 0)
  body.copy(whole, 4)
  whole.writeUInt32BE(crc32(body), body.length + 4)
  return whole
}

function crc32(bytes) {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
