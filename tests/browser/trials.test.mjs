// テスト and デモ: each test's steps, what to do when one fails, and a stranger's way to a first receipt in the demo.

import assert from 'node:assert/strict'
import fs from 'node:fs'
import { until } from './support/data.mjs'
import { runAll, test } from './support/runner.mjs'

const result = (page) => page.getByRole('region', { name: 'テストの結果' })
const steps = (page, mark) => result(page).locator('li', { has: page.locator('.hidden-word', { hasText: mark }) })

test('receiving, sending, the round trip and cleaning up pass, step by step, and give no number', async ({ browser, stage }) => {
  const shop = await stage.serve()
  const page = await browser.enter(shop)
  await page.getByRole('link', { name: 'テスト', exact: true }).click()
  await page.getByRole('button', { name: '受信のテスト' }).click()
  await result(page).getByText('次は「送信のテスト」').waitFor()
  assert.ok((await steps(page, '成功').count()) >= 4)
  const phone = stage.customer('owner')
  await page.getByLabel('送り先').fill(phone)
  await page.getByRole('button', { name: '送信のテスト' }).click()
  await result(page).getByText('空件名の往復テスト').waitFor()
  await shop.received(phone)
  await page.getByRole('button', { name: '空件名の往復テスト' }).click()
  await result(page).getByText('空メールの受付を始められます').waitFor({ timeout: 60_000 })
  await page.getByRole('button', { name: 'テスト後処理' }).click()
  await result(page).getByText('後片付けが終わりました').waitFor()
  assert.equal(await shop.waiting(), 0)
  await page.goto(`${shop.origin}/results`)
  await page.getByText('まだ受付番号はありません').first().waitFor()
  await page.goto(`${shop.origin}/test`)
  await page.keyboard.press('Escape')
  await page.waitForURL(/\/status$/)
}, { limit: 120_000 })

test('a wrong password is told at its step, with what to do and a way to mend it', async ({ browser, stage }) => {
  const shop = await stage.serve({ password: 'wrong' })
  const page = await browser.enter(shop)
  await page.goto(`${shop.origin}/test`)
  await page.getByRole('button', { name: '受信のテスト' }).click()
  const failed = steps(page, '失敗')
  await failed.first().waitFor()
  await failed.getByText('どうすればよいか').waitFor()
  assert.match(await failed.first().innerText(), /パスワード/)
  await failed.getByRole('button', { name: 'パスワードを入れ直す' }).click()
  await page.waitForURL(/\/settings\/mail/)
  await page.goto(`${shop.origin}/status`)
  // The light is honest.
  await page.getByText('受信できません').first().waitFor()
  assert.equal(await page.locator('.light.good').count(), 0)
})

test('a test of a server that is not there can be called off or fails with advice', async ({ browser, stage }) => {
  const shop = await stage.serve({ pop3Port: 1 })
  const page = await browser.enter(shop)
  await page.goto(`${shop.origin}/test`)
  await page.getByRole('button', { name: '受信のテスト' }).click()
  await result(page).getByText('どうすればよいか').waitFor()
  await page.getByRole('button', { name: '受信サーバーの設定を直す' }).waitFor()
})

/** What a stranger does who reads nothing but the biggest buttons. */
async function tryDemo(page) {
  await page.getByRole('button', { name: '送信', exact: true }).click()
  await page.getByRole('heading', { name: '受付番号 1 が届きました' }).waitFor()
}

test('a stranger without settings gets from the start to a first receipt in two clicks', async ({ browser, stage }) => {
  const shop = await stage.serve({ settings: 'none' })
  const page = await browser.enter(shop)
  await page.getByRole('button', { name: 'まずデモで試す' }).click()
  await tryDemo(page)
  assert.equal(fs.existsSync(shop.config), false, 'no settings were written')
  await page.getByRole('complementary').getByRole('button', { name: 'デモを終わる' }).click()
  await page.waitForURL(/\/(first|demo|status)/)
  assert.equal(fs.existsSync(shop.config), false)
})

test('the demo answers a second mail with the same number and a question with none, and leaves all as it was', async ({ browser, stage }) => {
  const shop = await stage.serve()
  const customer = stage.customer('hanako')
  await shop.mail(customer)
  await shop.received(customer)
  const before = fs.readFileSync(shop.config)
  const page = await browser.enter(shop)
  await page.getByRole('link', { name: 'デモ', exact: true }).click()
  await page.getByRole('button', { name: 'デモを始める' }).click()
  await page.getByText('まず、スマートフォンの「送信」を押してください').waitFor()
  await tryDemo(page)
  await page.getByRole('button', { name: '同じスマートフォンからもう一度送る' }).click()
  await page.getByText('受付番号は 1 のままです').waitFor()
  await page.getByRole('button', { name: '件名を付けて送る' }).click()
  await page.getByText('対象外のメールです').first().waitFor()
  await page.getByRole('button', { name: '別のお客様のスマートフォンから送る' }).click()
  await page.getByRole('heading', { name: '受付番号 2 が届きました' }).waitFor()
  // The other screens show the demo and say so; the shop's own collecting goes on.
  await page.getByRole('link', { name: '収集結果を見る' }).click()
  await page.getByRole('link', { name: '2', exact: true }).waitFor()
  assert.equal(await page.getByText(customer).count(), 0)
  const meanwhile = stage.customer('taro')
  await shop.mail(meanwhile)
  await shop.received(meanwhile)
  await page.getByRole('button', { name: 'デモを終わる' }).click()
  await page.goto(`${shop.origin}/results`)
  await page.getByText(customer).waitFor()
  await page.getByText(meanwhile).waitFor()
  assert.ok(fs.readFileSync(shop.config).equals(before), 'the settings file is as before, byte for byte')
  await until('the demo is off', async () => {
    await page.goto(`${shop.origin}/demo`)
    return page.getByRole('button', { name: 'デモを始める' }).isVisible()
  })
})

test('what is being typed stays, with the cursor in it, while the part of the page around it is replaced', async ({ browser, stage }) => {
  const shop = await stage.serve()
  const page = await browser.enter(shop)
  await page.goto(`${shop.origin}/demo`)
  await page.getByRole('button', { name: 'デモを始める' }).click()
  await page.getByText('ほかのアドレスから送る').click()
  await page.getByLabel('差出人のアドレス').fill('hana@')
  const subject = page.getByLabel('件名', { exact: true })
  await subject.fill('営業時間')
  await subject.evaluate((field) => field.setSelectionRange(1, 3, 'backward'))
  // Another phone is taken into the hand in another window.
  const phones = page.locator('#phone-from')
  const other = await phones.locator('option').nth(1).getAttribute('value')
  await page.evaluate(() => document.addEventListener('karamail:replaced', () => { document.body.dataset.replaced = 'yes' }))
  await page.evaluate(async (from) => { await fetch('/demo/phone', { method: 'POST', body: new URLSearchParams({ from }) }) }, other)
  await page.locator('body[data-replaced=yes]').waitFor()
  assert.equal(await phones.inputValue(), other, 'what nobody touched is as it is now')
  assert.equal(await subject.inputValue(), '営業時間')
  assert.equal(await page.getByLabel('差出人のアドレス').inputValue(), 'hana@')
  const cursor = await page.evaluate(() => {
    const field = document.activeElement
    return [field.id, field.selectionStart, field.selectionEnd, field.selectionDirection]
  })
  assert.deepEqual(cursor, ['phone-subject', 1, 3, 'backward'])
  // What was sent does not come back.
  await page.getByLabel('差出人のアドレス').fill('')
  await page.getByRole('button', { name: '送信', exact: true }).click()
  await page.getByText('対象外のメールです').first().waitFor()
  await page.getByRole('button', { name: '新規メールを書く' }).click()
  await subject.waitFor()
  assert.equal(await subject.inputValue(), '')
})

test('an address with markup in it stays text in the demo', async ({ browser, stage }) => {
  const shop = await stage.serve()
  const page = await browser.enter(shop)
  await page.goto(`${shop.origin}/demo`)
  await page.getByRole('button', { name: 'デモを始める' }).click()
  await page.getByText('ほかのアドレスから送る').click()
  await page.getByLabel('差出人のアドレス').fill('<img src=x onerror=alert(1)>')
  page.expected.faults.push(/4\d\d/)
  await page.getByRole('button', { name: '送信', exact: true }).click()
  await page.getByText('メールアドレスの形になっていません').waitFor()
  await page.getByLabel('差出人のアドレス').fill('')
  await page.getByLabel('件名', { exact: true }).fill('<b id=injected>x</b>')
  await page.getByRole('button', { name: '送信', exact: true }).click()
  await page.getByText('<b id=injected>x</b>').first().waitFor()
  assert.equal(await page.locator('#injected').count(), 0)
})

await runAll()
