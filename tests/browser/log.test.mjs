// ログ: the month's lines, a day, a text, the file.

import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { until } from './support/data.mjs'
import { download } from './support/files.mjs'
import { runAll, test } from './support/runner.mjs'

/** This month as the file is called, and a month of many lines that lies beside it. */
function logFiles(shop) {
  const folder = path.join(shop.data, 'log')
  const [name] = fs.readdirSync(folder).filter((name) => name.endsWith('.txt'))
  const older = path.join(folder, '2025-03.txt')
  const lines = []
  for (let day = 1; day <= 31; day += 1) {
    if (day === 11) continue
    for (let n = 0; n < 1000; n += 1) {
      const time = `${`${n % 24}`.padStart(2, '0')}:${`${n % 60}`.padStart(2, '0')}:00`
      lines.push(`2025-03-${`${day}`.padStart(2, '0')} ${time}\t受付\t受付番号 ${day * 1000 + n}\tcustomer${day}-${n}@phone.example\t（本店）`)
    }
  }
  fs.writeFileSync(older, `${lines.join('\r\n')}\r\n`)
  return { name, older }
}

test('the log follows what happens', async ({ browser, stage }) => {
  const shop = await stage.serve()
  const page = await browser.enter(shop)
  await page.getByRole('link', { name: 'ログ', exact: true }).click()
  const customer = stage.customer('hanako')
  await shop.mail(customer)
  await page.getByText(customer).first().waitFor()
  await page.getByText('送信済み').first().waitFor()
})

test('a month is chosen, a day is gone to and a text is found, in 30,000 lines', async ({ browser, stage }) => {
  const shop = await stage.serve()
  const page = await browser.enter(shop)
  await shop.mail(stage.customer())
  await until('a log', () => fs.existsSync(path.join(shop.data, 'log')) && fs.readdirSync(path.join(shop.data, 'log')).length > 0)
  logFiles(shop)
  await page.goto(`${shop.origin}/log`)
  await page.getByLabel('月', { exact: true }).selectOption('2025-03')
  await page.getByRole('button', { name: '月指定' }).click()
  await page.getByText('customer31-999@phone.example').first().waitFor()
  // The whole month is not in the page.
  assert.ok((await page.locator('#log *').count()) < 4000)
  await page.getByLabel('日付').fill('2025-03-12')
  await page.getByRole('button', { name: '指定日の場所に位置づけ' }).click()
  await page.getByText('customer12-0@phone.example').first().waitFor()
  await page.getByLabel('日付').fill('2025-03-11')
  await page.getByRole('button', { name: '指定日の場所に位置づけ' }).click()
  await page.getByText('2025-03-11 の記録はありません').waitFor()
  await page.getByLabel('探す文字').fill('customer5-7')
  await page.keyboard.press('Enter')
  await page.getByText('customer5-7@phone.example').first().waitFor()
  await page.getByText(/111 行のうち/).waitFor()
  await page.keyboard.press('Enter')
  await page.getByText('customer5-70@phone.example').first().waitFor()
  await page.keyboard.press('Shift+Enter')
  await page.getByText('customer5-7@phone.example').first().waitFor()
  await page.getByLabel('探す文字').fill('nobody')
  await page.getByText('この月のログには見つかりません').waitFor()
})

test('by keyboard: up, down, pages, first and last line, and back', async ({ browser, stage }) => {
  const shop = await stage.serve()
  const page = await browser.enter(shop)
  await shop.mail(stage.customer())
  await until('a log', () => fs.existsSync(path.join(shop.data, 'log')) && fs.readdirSync(path.join(shop.data, 'log')).length > 0)
  logFiles(shop)
  await page.goto(`${shop.origin}/log?month=2025-03`)
  await page.getByText('customer31-999@phone.example').first().waitFor()
  await page.locator('#log [tabindex="0"]').first().focus()
  await page.keyboard.press('Home')
  await page.getByText('customer1-0@phone.example').first().waitFor()
  await page.keyboard.press('PageDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('End')
  await page.getByText('customer31-999@phone.example').first().waitFor()
  await page.keyboard.press('Escape')
  await page.waitForURL(/\/status$/)
})

test('the file is saved as it lies there', async ({ browser, stage }) => {
  const shop = await stage.serve()
  const page = await browser.enter(shop)
  const customer = stage.customer()
  await shop.mail(customer)
  await shop.received(customer)
  await page.goto(`${shop.origin}/log`)
  await page.getByText(customer).first().waitFor()
  const { name, bytes } = await download(page, () => page.getByRole('button', { name: '保存' }).click())
  assert.match(name, /^.*\d{4}-\d{2}.*\.txt$/i)
  assert.ok(bytes.toString('utf8').includes(customer))
})

await runAll()
