// A runner in one page: tests named after what they promise, one after another, each with a time limit. What a failed
// test saw is kept in the folder of KARAMAIL_BROWSER_OUTPUT.

import fs from 'node:fs'
import path from 'node:path'
import { openBrowser } from './browser.mjs'
import { connect } from './stage.mjs'

/** Longest one test may take where it says nothing else, milliseconds. */
const LIMIT = 90_000
const tests = []

/** Registers a test: `run({ browser, stage })`. */
export function test(promise, run, { limit = LIMIT } = {}) {
  tests.push({ promise, run, limit })
}

/** Runs what was registered, prints how each went, and ends the process: 0 where all passed. */
export async function runAll() {
  const [wanted] = process.argv.slice(2)
  const stage = await connect(Number(process.env.KARAMAIL_STAGE))
  const browser = await openBrowser()
  let failed = 0
  for (const { promise, run, limit } of tests) {
    if (wanted && !promise.includes(wanted)) continue
    const begin = Date.now()
    const fault = await outcome(run, { browser, stage }, limit)
    const seconds = ((Date.now() - begin) / 1000).toFixed(1)
    if (fault) {
      failed += 1
      console.log(`FAILED  ${promise} (${seconds} s)\n${indented(fault.stack ?? String(fault))}`)
      await keep(browser, promise)
    } else {
      console.log(`ok      ${promise} (${seconds} s)`)
    }
    await browser.closePages()
    await stage.endAll()
  }
  await browser.close()
  stage.close()
  process.exit(failed === 0 ? 0 : 1)
}

/** What went wrong, or nothing. Faults that pages reported count, also where the test itself went through. */
async function outcome(run, means, limit) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${limit / 1000} s`)), limit)
  })
  try {
    await Promise.race([run(means), late])
  } catch (fault) {
    const reported = means.browser.faults()
    if (reported.length > 0) fault.stack += `\nBesides, the pages reported:\n${reported.join('\n')}`
    return fault
  } finally {
    clearTimeout(timer)
  }
  const reported = means.browser.faults()
  return reported.length > 0 ? { stack: `The pages reported:\n${reported.join('\n')}` } : undefined
}

/** Keeps a picture and the text of every open page. */
async function keep(browser, promise) {
  const folder = process.env.KARAMAIL_BROWSER_OUTPUT
  if (!folder) return
  fs.mkdirSync(folder, { recursive: true })
  const name = promise.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 80)
  for (const [n, page] of browser.pages().entries()) {
    const file = path.join(folder, `${name}-${n + 1}`)
    try {
      await page.screenshot({ path: `${file}.png`, fullPage: true, timeout: 10_000 })
      const text = await page.evaluate(() => document.body.innerText)
      fs.writeFileSync(`${file}.txt`, `${page.url()}\n\n${text}\n`)
      console.log(`        kept ${file}.png and .txt`)
    } catch (error) {
      console.log(`        no picture of ${page.url()}: ${error.message}`)
    }
  }
}

function indented(text) {
  return text.split('\n').map((line) => `        ${line}`).join('\n')
}
