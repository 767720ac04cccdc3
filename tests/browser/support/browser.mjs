// Chromium, and pages that report every fault: script errors, refused loads, violations of the Content-Security-Policy,
// dialogs nobody expected, answers with an error status.

import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { chromium } from 'playwright-core'

const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
/** Longest wait for one thing on a page, milliseconds. */
export const PATIENCE = 12_000

export async function openBrowser() {
  const isRoot = process.getuid?.() === 0
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'karamail-chromium-'))
  const chrome = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    headless: true,
    args: isRoot ? [...FLAGS, '--no-sandbox'] : FLAGS,
    // Chromium looks for fonts and certificates below HOME, and writes there.
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
  })
  return new Browser(chrome, home)
}

class Browser {
  #chrome
  #home
  #open = []
  #faults = []

  constructor(chrome, home) {
    this.#chrome = chrome
    this.#home = home
  }

  /**
   * A new visitor: a context of its own without cookies, and its page. `width`, `scheme` ('light', 'dark') and
   * `language` ('ja', 'en', what the browser asks for) are the visitor's.
   */
  async visitor({ width = 800, height = 900, scheme = 'light', language = 'ja', more = {} } = {}) {
    const context = await this.#chrome.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      locale: language === 'ja' ? 'ja-JP' : 'en-GB',
      timezoneId: 'Asia/Tokyo',
      reducedMotion: 'reduce',
      acceptDownloads: true,
      ...more,
    })
    context.setDefaultTimeout(PATIENCE)
    const page = await context.newPage()
    this.#watch(page)
    context.on('page', (other) => this.#watch(other))
    this.#open.push({ context, page })
    return page
  }

  /** The visitor who comes by the program's one-time link. */
  async enter(shop, given = {}) {
    const page = await this.visitor(given)
    await page.goto(shop.link)
    await page.waitForURL((url) => url.pathname !== '/enter' && url.pathname !== '/')
    return page
  }

  #watch(page) {
    page.expected = { dialogs: [], faults: [] }
    page.dialogs = []
    const tell = (fault) => {
      const isExpected = page.expected.faults.some((pattern) => pattern.test(fault))
      if (!isExpected) this.#faults.push(`${page.url()}: ${fault}`)
    }
    page.on('console', (message) => {
      const text = message.text()
      const isViolation = /content.security.policy/i.test(text)
      if (message.type() === 'error' || isViolation) tell(`console: ${text}`)
    })
    page.on('pageerror', (error) => tell(`script: ${error.message}`))
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? ''
      // A page that is left gives up what it still waits for.
      if (why !== 'net::ERR_ABORTED') tell(`request: ${request.method()} ${request.url()}: ${why}`)
    })
    page.on('response', (response) => {
      if (response.status() >= 400) tell(`answer: ${response.status()} ${response.request().method()} ${response.url()}`)
    })
    page.on('dialog', async (dialog) => {
      page.dialogs.push(dialog.message())
      const answer = page.expected.dialogs.shift()
      if (answer === undefined) tell(`dialog: ${dialog.type()} ${dialog.message()}`)
      await (answer ? dialog.accept() : dialog.dismiss())
    })
  }

  pages() {
    return this.#open.map(({ page }) => page).filter((page) => !page.isClosed())
  }

  /** What the pages have reported since the last look. */
  faults() {
    return this.#faults.splice(0)
  }

  async closePages() {
    for (const { context } of this.#open.splice(0)) await context.close()
    this.#faults = []
  }

  async close() {
    await this.#chrome.close()
    fs.rmSync(this.#home, { recursive: true, force: true })
  }
}
