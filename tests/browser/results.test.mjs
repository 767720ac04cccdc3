// 収集結果 and 確認待ち: numbers found, sent again, looked at, handed out, erased; held and old mails decided about.

import assert from 'node:assert/strict'
import { HOSTILE, held, until } from './support/data.mjs'
import { csvRows, download, xlsxRows } from './support/files.mjs'
import { runAll, test } from './support/runner.mjs'

/** The numbers on the screen, as they stand there. */
const numbers = (page) => page.locator('table.results td.number').allInnerTexts()

/** Customers who sign up one after another; their addresses. */
async function signedUp(stage, shop, names) {
  const addresses = []
  for (const name of names) {
    const address = stage.customer(name)
    await shop.mail(address)
    addresses.push(address)
  }
  for (const address of addresses) await shop.received(address)
  return addresses
}

test('numbers appear by themselves, newest first, and are found by number, address, day and state', async ({ browser, stage }) => {
  const shop = await stage.serve()
  const page = await browser.enter(shop)
  await page.getByRole('link', { name: '収集結果' }).click()
  await page.getByText('まだ受付番号はありません').first().waitFor()
  const [first, second, third] = await signedUp(stage, shop, ['hanako', 'taro', 'jiro'])
  await page.getByText(third).waitFor()
  await until('three rows', async () => (await numbers(page)).join() === '3,2,1')
  const search = page.getByLabel('受付番号、またはメールアドレスの一部')
  await search.fill('TARO')
  await until('one row', async () => (await numbers(page)).length === 1)
  await page.getByText(second).waitFor()
  await search.fill('3')
  await page.getByText('この番号です').waitFor()
  assert.match((await numbers(page))[0], /^3/)
  await search.fill('nobody')
  await page.getByText('条件に合う受付番号はありません').first().waitFor()
  await page.getByRole('button', { name: '条件を消す' }).click()
  await page.getByText(first).waitFor()
  await page.getByLabel('配信状況').selectOption({ label: '戻ってきた' })
  await page.getByText('条件に合う受付番号はありません').first().waitFor()
  await page.getByLabel('配信状況').selectOption({ label: '送信済み' })
  await page.getByText(first).waitFor()
  const tomorrow = new Date(Date.now() + 36 * 3600_000).toISOString().slice(0, 10)
  await page.getByLabel('受付日（から）').fill(tomorrow)
  await page.getByText('条件に合う受付番号はありません').first().waitFor()
})

test('a receipt is sent again from the list and from its own page', async ({ browser, stage }) => {
  const shop = await stage.serve()
  const page = await browser.enter(shop)
  const [first, second] = await signedUp(stage, shop, ['hanako', 'taro'])
  await page.goto(`${shop.origin}/results`)
  await page.getByRole('link', { name: '1', exact: true }).click()
  await page.getByRole('heading', { name: '受付番号 1', level: 1 }).waitFor()
  await page.getByRole('button', { name: 'もう一度送る' }).click()
  const letters = await shop.received(first, 2)
  assert.ok(letters.every(({ subject, body }) => /(^|\D)1(\D|$)/.test(subject + body)), 'the same number')
  await page.getByText('再送済み').first().waitFor()
  await page.keyboard.press('Escape')
  await page.waitForURL(/\/results$/)
  await page.getByRole('checkbox', { name: '表示中をすべて選ぶ' }).check()
  await page.getByRole('button', { name: '選んだ番号をもう一度送る' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '送る', exact: true }).click()
  await shop.received(first, 3)
  await shop.received(second, 2)
})

test('a customer is erased only after the number was typed, and the number stays', async ({ browser, stage }) => {
  const shop = await stage.serve()
  const page = await browser.enter(shop)
  const [first, second] = await signedUp(stage, shop, ['hanako', 'taro'])
  await page.goto(`${shop.origin}/results`)
  await page.getByRole('link', { name: '1', exact: true }).click()
  await page.getByRole('button', { name: /消去する…/ }).click()
  const field = page.getByLabel('確認のため')
  page.expected.faults.push(/422/)
  await field.fill('2')
  await page.getByRole('button', { name: '消去する' }).click()
  await page.getByText('まだ何も消去していません').waitFor()
  await page.getByLabel('確認のため').fill('1')
  await page.getByRole('button', { name: '消去する' }).click()
  await page.getByText('受付番号 1 のお客様の情報を消去しました').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('.tag', { hasText: '消去済み' }).waitFor()
  assert.equal(await page.getByText(first).count(), 0)
  assert.equal(await page.getByText(second).count(), 1)
  await page.goto(`${shop.origin}/log`)
  await page.getByText(second).first().waitFor()
  assert.equal(await page.getByText(first).count(), 0, 'the log does not name the address any more')
})

test('CSV and Excel files hold every row, and nothing in them is a formula', async ({ browser, stage }) => {
  const shop = await stage.serve()
  const page = await browser.enter(shop)
  const [first, second, formula] = await signedUp(stage, shop, ['hanako', 'taro', '=1+1'])
  await page.goto(`${shop.origin}/results`)
  const csv = await download(page, () => page.getByRole('button', { name: /CSV/ }).click())
  assert.match(csv.name, /\.csv$/)
  assert.ok(csv.bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])), 'Excel needs the mark')
  const rows = csvRows(csv.bytes)
  assert.equal(rows.length, 4)
  const xlsx = await download(page, () => page.getByRole('button', { name: /Excel ファイル/ }).click())
  assert.match(xlsx.name, /\.xlsx$/)
  const sheet = xlsxRows(xlsx.bytes)
  assert.equal(sheet.length, 4)
  for (const [n, address] of [first, second, formula].entries()) {
    const row = rows.find((row) => row.some((cell) => cell.includes(address)))
    assert.ok(row?.includes(`${n + 1}`), `${address} has number ${n + 1}: ${row}`)
    assert.ok(row.every((cell) => !/^[=+@\t\r-]/.test(cell)), `no formula: ${row}`)
    assert.ok(sheet.some((cells) => cells.some((cell) => cell.includes(address)) && cells.includes(`${n + 1}`)), address)
  }
  // What is set above the list counts for the files.
  await page.getByLabel('受付番号、またはメールアドレスの一部').fill('taro')
  await until('one row', async () => (await numbers(page)).length === 1)
  const one = await download(page, () => page.getByRole('button', { name: /CSV/ }).click())
  assert.equal(csvRows(one.bytes).length, 2)
})

test('held mails are taken or thrown away', async ({ browser, stage }) => {
  const shop = await stage.serve({ guard: 'limit_mailbox_per_hour = 1' })
  const page = await browser.enter(shop)
  const [first] = await signedUp(stage, shop, ['hanako'])
  const [second, third] = [stage.customer('taro'), stage.customer('jiro')]
  for (const address of [second, third]) await shop.mail(address, { name: `"${HOSTILE.replace(/["\\]/g, '\\$&')}"` })
  await held(page, shop, 2)
  await page.goto(`${shop.origin}/results`)
  await page.getByRole('link', { name: '確認する' }).click()
  await page.getByRole('heading', { name: '保留中のメール' }).waitFor()
  const row = (address) => page.getByRole('row').filter({ hasText: address })
  await row(second).getByRole('button', { name: '受け付ける' }).click()
  const [letter] = await shop.received(second)
  assert.match(letter.subject + letter.body, /2/)
  await page.goto(`${shop.origin}/waiting`)
  await row(third).getByRole('button', { name: /捨てる/ }).click()
  await page.getByRole('button', { name: '捨てる', exact: true }).click()
  await until('the mailbox empties', async () => (await shop.waiting()) === 0)
  assert.equal((await shop.receivedByNow(third)).length, 0, 'nobody answers a mail that was thrown away')
  assert.equal((await shop.receivedByNow(first)).length, 1)
  assert.equal(await page.locator('#injected').count(), 0)
})

test('old mails wait for a decision, and are taken when the shop says so', async ({ browser, stage }) => {
  const shop = await stage.serve({ settings: 'ready', deposit: 2 })
  const page = await browser.enter(shop)
  await until('two old mails', async () => {
    await page.goto(`${shop.origin}/waiting`)
    return (await page.getByRole('heading', { name: '以前からのメール' }).count()) > 0
  })
  await page.getByRole('button', { name: /2 通を受け付ける/ }).click()
  await page.getByText('受付番号のメールが送られます').waitFor()
  await page.getByRole('button', { name: '受け付ける', exact: true }).click()
  for (const customer of shop.deposited) await shop.received(customer)
  await until('the mailbox empties', async () => (await shop.waiting()) === 0)
})

await runAll()
