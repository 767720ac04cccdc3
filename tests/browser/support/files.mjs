// What the screens hand out as files, opened and read: CSV, xlsx, PDF, pictures with a QR code.

import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import zlib from 'node:zlib'

/** The download that an action brings: its name and its bytes. */
export async function download(page, action) {
  const [download] = await Promise.all([page.waitForEvent('download'), action()])
  return { name: download.suggestedFilename(), bytes: fs.readFileSync(await download.path()) }
}

/** Rows of a CSV file as spreadsheets read it (RFC 4180, with a byte order mark). */
export function csvRows(bytes) {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '')
  const rows = [['']]
  let isQuoted = false
  for (let at = 0; at < text.length; at += 1) {
    const row = rows[rows.length - 1]
    if (isQuoted && text[at] === '"' && text[at + 1] === '"') {
      row[row.length - 1] += '"'
      at += 1
    } else if (text[at] === '"') isQuoted = !isQuoted
    else if (!isQuoted && text[at] === ',') row.push('')
    else if (!isQuoted && text[at] === '\n') rows.push([''])
    else if (isQuoted || text[at] !== '\r') row[row.length - 1] += text[at]
  }
  return rows.filter((row) => row.length > 1 || row[0] !== '')
}

/** The texts of a workbook's first sheet, row by row. */
export function xlsxRows(bytes) {
  const files = unzipped(bytes)
  const text = (xml) => [...xml.matchAll(/<t[^>]*>([^<]*)<\/t>/g)].map(([, part]) => plain(part)).join('')
  const shared = [...(files.get('xl/sharedStrings.xml') ?? '').matchAll(/<si>(.*?)<\/si>/gs)].map(([, item]) => text(item))
  const sheet = files.get('xl/worksheets/sheet1.xml')
  return [...sheet.matchAll(/<row[^>]*>(.*?)<\/row>/gs)].map(([, row]) =>
    [...row.matchAll(/<c([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)].map(([, attributes, cell = '']) => {
      const value = /<v>([^<]*)<\/v>/.exec(cell)?.[1] ?? ''
      if (/t="s"/.test(attributes)) return shared[Number(value)]
      return /t="inlineStr"/.test(attributes) ? text(cell) : plain(value)
    }),
  )
}

function plain(xml) {
  const names = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
  return xml.replace(/&(amp|lt|gt|quot|apos);/g, (_, name) => names[name])
}

/** The files of a zip archive as text, by name. */
function unzipped(bytes) {
  const files = new Map()
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  let at = bytes.readUInt32LE(end + 16)
  for (let n = bytes.readUInt16LE(end + 10); n > 0; n -= 1) {
    const [method, size, nameLength] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28)]
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength)
    const local = bytes.readUInt32LE(at + 42)
    const begin = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const content = bytes.subarray(begin, begin + size)
    files.set(name, (method === 8 ? zlib.inflateRawSync(content) : content).toString('utf8'))
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return files
}

/** What a QR code in a picture says; fails where there is none. */
export function qrCode(picture) {
  return execFileSync('zbarimg', ['--nodbus', '--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', picture], { encoding: 'utf8' }).trim()
}

/** A PDF's pages: how many, their size in points, the text; `picture` draws one at 200 dots an inch. */
export function pdf(file) {
  const told = execFileSync('pdfinfo', [file], { encoding: 'utf8' })
  const [, width, height] = /Page size:\s*([\d.]+) x ([\d.]+)/.exec(told)
  return {
    pages: Number(/Pages:\s*(\d+)/.exec(told)[1]),
    size: [Number(width), Number(height)],
    text: execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }),
    picture(page = 1) {
      const name = file.replace(/\.pdf$/, '')
      execFileSync('pdftoppm', ['-png', '-r', '200', '-f', `${page}`, '-l', `${page}`, '-singlefile', file, name])
      return `${name}.png`
    },
  }
}
