// 状況: an honest light, what needs a hand, and the buttons.

import assert from 'node:assert/strict'
import { until } from './support/data.mjs'
import { runAll, test } from './support/runner.mjs'

const light = (page) => page.locator('.light')

test('it collects, stops, starts again and looks at once when asked', async ({ browser, stage }) => {
  const shop = await stage.serve({ general: '', interval: 3600 })
  const page = await browser.enter(shop)
  await light(page).getByText('収集中').waitFor()
  const customer = stage.customer('hanako')
  await shop.mail(customer)
  await until('it lies in the mailbox', async () => (await shop.waiting()) === 1)
  await page.getByRole('button', { name: '今すぐ確認' }).click()
  await shop.received(customer)
  // The screen tells it by itself.
  await page.getByText(customer).waitFor()
  await page.getByRole('button', { name: '収集停止' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '収集停止' }).click()
  await light(page).getByText('停止中').waitFor()
  assert.equal(await page.locator('.light.good').count(), 0, 'no green light while it rests')
  const second = stage.customer('taro')
  await shop.mail(second)
  await until('it lies in the mailbox', async () => (await shop.waiting()) === 1)
  await page.getByRole('button', { name: '収集開始' }).click()
  await light(page).getByText('収集中').waitFor()
  await shop.received(second)
})

test('what needs a hand is told with its button', async ({ browser, stage }) => {
  const shop = await stage.serve({ guard: 'limit_mailbox_per_hour = 1', deposit: 2 })
  const page = await browser.enter(shop)
  const [first, second] = [stage.customer('hanako'), stage.customer('taro')]
  await shop.mail(first)
  await shop.received(first)
  await shop.mail(second)
  const needs = page.locator('.needs')
  await needs.getByText(/保留/).first().waitFor()
  await needs.getByText(/以前から|古いメール/).first().waitFor()
  await needs.getByRole('button', { name: '確認して決める' }).first().click()
  await page.waitForURL(/\/waiting/)
})

test('it can be ended from the screen, and says so', async ({ browser, stage }) => {
  const shop = await stage.serve()
  const page = await browser.enter(shop)
  page.expected.faults.push(/ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/)
  await page.getByRole('button', { name: '処理の終了' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '処理の終了' }).click()
  await page.getByText(/終了しました|終了しています/).first().waitFor()
  await shop.ended()
})

await runAll()
