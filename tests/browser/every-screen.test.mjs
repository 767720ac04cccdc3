// Every screen that a link leads to: it fits windows of 360, 800 and 1400 pixels, light and dark, in both languages, and
// axe-core finds no serious fault. No link leads nowhere, and looking changes nothing.

import assert from 'node:assert/strict'
import fs from 'node:fs'
import { fill } from './support/data.mjs'
import { accessFaults, focusFaults, outlineFaults, widthFaults, wordFaults } from './support/look.mjs'
import { runAll, test } from './support/runner.mjs'

/** Screens that must be among those found. */
const KNOWN = [
  '/status', '/results', '/waiting', '/log', '/settings/control', '/settings/duplicate', '/settings/templates',
  '/settings/guards', '/settings/data', '/settings/mail', '/settings/ports', '/test', '/demo', '/kit',
]
const WIDTHS = [360, 800, 1400]
const SCHEMES = ['light', 'dark']

/** Every page that links lead to from the first one, one of each kind; and those that none leads to. */
async function screens(page, shop) {
  const seen = new Map()
  const queue = [new URL(page.url()).pathname]
  while (queue.length > 0) {
    const address = queue.shift()
    const kind = address.replace(/\?.*$/, '').replace(/\d+(-\d+)?/g, '0')
    if (seen.has(kind)) continue
    seen.set(kind, address)
    await page.goto(shop.origin + address)
    for (const link of await page.locator('a[href]:not([download])').evaluateAll((links) => links.map(({ href }) => href))) {
      const url = new URL(link)
      const isFile = /\.(csv|xlsx|svg|png|txt|pdf)$|\/(open|save|download|export)/.test(url.pathname)
      if (url.origin === shop.origin && !isFile) queue.push(url.pathname + url.search)
    }
  }
  const missing = KNOWN.filter((known) => !seen.has(known))
  return { addresses: [...seen.values()], missing }
}

function none(faults) {
  if (faults.length > 0) throw new Error(`${faults.length} faults\n${faults.join('\n')}`)
}

/** All faults of one page, at every width and in both schemes. */
async function look(page, language) {
  const faults = [...(await wordFaults(page, language)), ...(await outlineFaults(page)), ...(await focusFaults(page))]
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 })
    for (const scheme of SCHEMES) {
      await page.emulateMedia({ colorScheme: scheme })
      for (const fault of await widthFaults(page)) faults.push(`${width} px, ${scheme}: ${fault}`)
    }
  }
  // Contrast hangs on the scheme, targets and order on the width.
  for (const [width, scheme] of [[360, 'light'], [800, 'dark']]) {
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme: scheme })
    for (const fault of await accessFaults(page)) faults.push(`${width} px, ${scheme}: ${fault}`)
  }
  return faults
}

for (const language of ['ja', 'en']) {
  test(`every screen fits, is named and readable: ${language}`, async ({ browser, stage }) => {
    const shop = await stage.serve({ language, guard: 'limit_address_per_day = 10' })
    const before = fs.readFileSync(shop.config, 'utf8')
    const page = await browser.enter(shop, { language })
    await fill(stage, shop, page)
    const { addresses, missing } = await screens(page, shop)
    const faults = missing.map((address) => `no link leads to ${address}`)
    for (const address of addresses) {
      await page.setViewportSize({ width: 800, height: 900 })
      await page.emulateMedia({ colorScheme: 'light' })
      await page.goto(shop.origin + address)
      assert.equal(await page.locator('html').getAttribute('lang'), language, address)
      for (const fault of await look(page, language)) faults.push(`${address}: ${fault}`)
      if ((await page.locator('#injected').count()) > 0) faults.push(`${address}: markup from a mail is markup here`)
    }
    none(faults)
    assert.equal(fs.readFileSync(shop.config, 'utf8'), before, 'looking changes nothing')
  }, { limit: 240_000 })
}

for (const language of ['ja', 'en']) {
  test(`the first screens fit as well: ${language}`, async ({ browser, stage }) => {
    const shop = await stage.serve({ settings: 'none' })
    const page = await browser.enter(shop, { language })
    if ((await page.locator('html').getAttribute('lang')) !== language) {
      await page.getByRole('button', { name: language === 'en' ? 'English' : '日本語' }).click()
    }
    assert.match(page.url(), /\/first/)
    const faults = await look(page, language)
    none(faults)
  })
}

await runAll()
