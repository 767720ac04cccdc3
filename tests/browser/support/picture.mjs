// Pictures of screens for the manuals: Japanese, light, 800 pixels wide, the same on every day and every machine.

import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { withPalette } from './png.mjs'

/** Largest picture, bytes; tests/tests/manual.rs holds the manuals to it. */
const MOST_BYTES = 150 * 1024
/** Tallest picture, pixels: a page of the manual. */
const MOST_HEIGHT = 1500
const WRITTEN = process.env.KARAMAIL_PICTURES === 'write'
const FOLDER = WRITTEN
  ? new URL('../../../docs/pictures/', import.meta.url).pathname
  : path.join(process.env.KARAMAIL_BROWSER_OUTPUT ?? '.', 'pictures')

/** Takes a picture of the page from its top, `height` pixels at most, and keeps it as screen-NAME.png. */
export async function picture(page, name, { height = MOST_HEIGHT } = {}) {
  await page.evaluate(() => document.activeElement?.blur())
  await steady(page)
  // In a window as tall as the picture, so that what sticks to its lower edge does.
  const { width, height: before } = page.viewportSize()
  const whole = await page.evaluate(() => document.documentElement.scrollHeight)
  await page.setViewportSize({ width, height: Math.min(whole, height) })
  await page.evaluate(() => scrollTo(0, 0))
  const taken = await page.screenshot({ animations: 'disabled', caret: 'hide', scale: 'css' })
  await page.setViewportSize({ width, height: before })
  const small = withPalette(taken)
  assert.ok(small.length <= MOST_BYTES, `screen-${name}.png: ${small.length} bytes`)
  fs.mkdirSync(FOLDER, { recursive: true })
  fs.writeFileSync(path.join(FOLDER, `screen-${name}.png`), small)
}

/** Puts given times, servers and ports in place of today's and this machine's. */
function steady(page) {
  return page.evaluate(() => {
    const changed = (text) =>
      text
        .replace(/\d{4}-\d{2}-\d{2}/g, '2026-11-21')
        .replace(/\d{4}年\d{1,2}月\d{1,2}日/g, '2026年11月21日')
        .replace(/\d{4}年\d{1,2}月(?!\d)/g, '2026年11月')
        .replace(/(^|[^\d年])\d{1,2}月\d{1,2}日/g, '$111月21日')
        .replace(/\d{4}\/\d{1,2}\/\d{1,2}/g, '2026/11/21')
        .replace(/\b\d{1,2}:\d{2}:\d{2}\b/g, '10:15:00')
        .replace(/(?<![:\d])([01]?\d|2[0-3]):[0-5]\d\b(?!:)/g, '10:15')
        .replace(/127\.0\.0\.1:\d+/g, 'mail.example.jp')
        .replace(/127\.0\.0\.1/g, 'mail.example.jp')
        .replace(/\/[^\s"]*karamail-program-[^/\s"]*/g, '/home/sakura/karamail')
        .replace(/shop\.example/g, 'example.jp')
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = changed(node.nodeValue)
      if (text !== node.nodeValue) node.nodeValue = text
    }
    // Shadows in a few colours are steps.
    for (const one of document.querySelectorAll('article, .card, .phone, .paper, .letter')) one.style.boxShadow = 'none'
    for (const one of document.querySelectorAll('[data-countdown]')) one.removeAttribute('data-countdown')
    for (const field of document.querySelectorAll('input, textarea')) {
      const isPort = /port$/.test(field.name) && Number(field.value) > 20_000
      const value = isPort ? (/smtp/.test(field.name) ? '587' : '110') : changed(field.value)
      if (value !== field.value && !['file', 'date', 'month', 'password'].includes(field.type)) field.value = value
      if (field.type === 'date' && field.value) field.value = '2026-11-21'
    }
  })
}
