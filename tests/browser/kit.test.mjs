// 店頭キット: each format on one page of its paper, with a QR code that opens an empty mail to the shop.

import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { until } from './support/data.mjs'
import { download, pdf, qrCode } from './support/files.mjs'
import { runAll, test } from './support/runner.mjs'

/** Formats and their paper, points. */
const A4 = [595, 842]
const A5 = [420, 595]
const FORMATS = [
  ['ポスター A4', A4],
  ['ポスター A5', A5],
  ['立てるカード', A5],
  ['テーブル用カード', A4],
  ['名刺サイズ', A4],
]

function near([width, height], [wantedWidth, wantedHeight]) {
  const isAlike = (a, b) => Math.abs(a - b) < 3
  return (isAlike(width, wantedWidth) && isAlike(height, wantedHeight)) || (isAlike(width, wantedHeight) && isAlike(height, wantedWidth))
}

const folder = () => fs.mkdtempSync(path.join(os.tmpdir(), 'karamail-kit-'))

/** Prints a page as the browser's own dialog does at 100 %. */
async function printed(page, into, name) {
  const file = path.join(into, `${name}.pdf`)
  await page.pdf({ path: file, preferCSSPageSize: true, printBackground: true })
  return pdf(file)
}

test('each format is one page, and its code leads to the shop', async ({ browser, stage }) => {
  const shop = await stage.serve()
  const page = await browser.enter(shop)
  await page.getByRole('link', { name: '店頭キット' }).click()
  const into = folder()
  try {
    for (const [n, [format, paper]] of FORMATS.entries()) {
      const value = await page.locator('#format option', { hasText: format }).getAttribute('value')
      await page.getByLabel('用紙と形').selectOption(value)
      await until(format, async () => new URL(page.url()).searchParams.get('format') === value || n === 0)
      await page.waitForLoadState('networkidle')
      const sheet = await printed(page, into, `sheet${n}`)
      assert.equal(sheet.pages, 1, `${format}: ${sheet.pages} pages`)
      assert.ok(near(sheet.size, paper), `${format}: ${sheet.size}`)
      const codes = qrCode(sheet.picture()).split('\n')
      for (const code of codes) assert.equal(code.toLowerCase(), `mailto:${shop.address}`, format)
      // The menu and the buttons are not printed.
      assert.doesNotMatch(sheet.text, /収集結果|表示を更新/, format)
      assert.ok(n === 4 || sheet.text.replace(/\s/g, '').includes('さくら食堂'), `${format}: ${sheet.text}`)
    }
  } finally {
    fs.rmSync(into, { recursive: true })
  }
})

test('the code and the poster are files too, and texts that are changed are printed', async ({ browser, stage }) => {
  const shop = await stage.serve()
  const page = await browser.enter(shop)
  await page.goto(`${shop.origin}/kit`)
  const into = folder()
  try {
    const files = await page.locator('a[download]').all()
    assert.equal(files.length, 3)
    for (const link of files) {
      const { name, bytes } = await download(page, () => link.click())
      const file = path.join(into, name)
      fs.writeFileSync(file, bytes)
      if (name.endsWith('.png')) assert.equal(qrCode(file).toLowerCase(), `mailto:${shop.address}`)
      else assert.match(bytes.toString('utf8'), /^(<\?xml[^>]*>\s*)?<svg/, name)
    }
    const field = page.getByLabel('お店の名前')
    await field.fill('<b id=injected>さくら & もみじ</b>')
    await page.locator('#kit-preview').getByText('<b id=injected>さくら & もみじ</b>').first().waitFor()
    assert.equal(await page.locator('#injected').count(), 0)
    const sheet = await printed(page, into, 'changed')
    assert.match(sheet.text.replace(/\s/g, ''), /もみじ/)
    assert.equal(sheet.pages, 1)
  } finally {
    fs.rmSync(into, { recursive: true })
  }
})

test('the sheets for customers and staff are one page each, in both languages', async ({ browser, stage }) => {
  const shop = await stage.serve()
  const page = await browser.enter(shop)
  const into = folder()
  try {
    for (const sheet of ['allow', 'staff']) {
      for (const language of ['ja', 'en']) {
        await page.goto(`${shop.origin}/kit/${sheet}`)
        await page.getByLabel('印刷する言葉').selectOption(language)
        await page.getByRole('button', { name: '表示を更新' }).click()
        await page.locator(`article[lang=${language}]`).waitFor()
        const { pages, text } = await printed(page, into, `${sheet}-${language}`)
        assert.equal(pages, 1, `${sheet} ${language}: ${pages} pages`)
        assert.ok(sheet === 'staff' || text.includes(shop.address), text)
      }
    }
  } finally {
    fs.rmSync(into, { recursive: true })
  }
})

await runAll()
