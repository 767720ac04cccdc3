// From nothing to a customer's first receipt: once by mouse in Japanese, once by keyboard alone in English on a narrow window.

import assert from 'node:assert/strict'
import fs from 'node:fs'
import { withoutMouse } from './support/keyboard.mjs'
import { accessFaults, widthFaults, wordFaults } from './support/look.mjs'
import { runAll, test } from './support/runner.mjs'

/** Waits for a step by its heading, and looks at it as every screen is looked at. */
async function soundStep(page, language, heading) {
  await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
  const faults = [...(await wordFaults(page, language)), ...(await widthFaults(page)), ...(await accessFaults(page))]
  if (faults.length > 0) throw new Error(`${page.url()}:\n${faults.join('\n')}`)
}

/** A customer signs up, and the receipt has number 1. */
async function signsUp(stage, shop) {
  const customer = stage.customer('hanako')
  await shop.mail(customer)
  const [letter] = await shop.received(customer)
  assert.match(`${letter.subject} ${letter.body}`, /(^|\D)1(\D|$)/)
  return { customer, letter }
}

test('by mouse, in Japanese: address, servers, password, test, wording, start, receipt', async ({ browser, stage }) => {
  const shop = await stage.serve({ settings: 'none' })
  const page = await browser.enter(shop, { width: 800, language: 'ja' })
  await soundStep(page, 'ja', '空メール受付 Karamail へようこそ')
  await page.getByLabel('店名').fill('さくら食堂')
  await page.getByRole('button', { name: 'お店のメールで始める' }).click()
  await soundStep(page, 'ja', '空メールを受け取るアドレスは?')
  // A mistake is told beside its field.
  await page.getByLabel('メールアドレス').fill('sakura')
  await page.getByRole('button', { name: '次へ' }).click()
  await page.locator('#address[aria-invalid=true]').waitFor()
  await page.getByLabel('メールアドレス').fill(shop.address)
  await page.getByRole('button', { name: '次へ' }).click()
  await page.getByRole('group', { name: '受信(POP3)' }).waitFor({ timeout: 60_000 })
  await soundStep(page, 'ja', 'サーバーの設定を入力してください')
  const [receiving, sending] = ['受信(POP3)', '送信(SMTP)'].map((name) => page.getByRole('group', { name }))
  await receiving.getByLabel('受信サーバー').fill('127.0.0.1')
  await receiving.getByLabel('ポート番号').fill(`${shop.pop3Port}`)
  await receiving.getByLabel('通信の暗号化').selectOption('none')
  await receiving.getByLabel('アカウント(ユーザー名)').fill(shop.user)
  await sending.getByLabel('送信サーバー').fill('127.0.0.1')
  await sending.getByLabel('ポート番号').fill(`${shop.smtpPort}`)
  await sending.getByLabel('通信の暗号化').selectOption('none')
  await page.getByRole('button', { name: '次へ' }).click()
  // Mail without encryption is a thing to be told.
  const accept = page.getByLabel('承知のうえで')
  await accept.or(page.getByLabel('パスワード', { exact: true })).first().waitFor()
  if (await accept.isVisible()) {
    await soundStep(page, 'ja', 'サーバーの設定を入力してください')
    await accept.check()
    await page.getByRole('button', { name: '次へ' }).click()
  }
  await page.getByLabel('パスワード', { exact: true }).fill('wrong')
  await page.getByLabel('パスワードを見える形で入力する').check()
  assert.equal(await page.locator('#password').getAttribute('type'), 'text')
  await page.getByRole('button', { name: '次へ' }).click()
  await page.getByRole('button', { name: 'テストを始める' }).click()
  await page.locator('#test').getByText('うまくいきませんでした').waitFor()
  await soundStep(page, 'ja', '送受信のテスト')
  await page.getByRole('button', { name: 'パスワードを直す' }).click()
  await page.getByLabel('パスワード', { exact: true }).fill(shop.password)
  await page.getByRole('button', { name: '次へ' }).click()
  await page.getByRole('button', { name: /テストを始める|もう一度テストする/ }).click()
  await page.locator('#test').getByText('成功しました。').waitFor({ timeout: 60_000 })
  await soundStep(page, 'ja', '送受信のテスト')
  await page.getByRole('button', { name: '次へ' }).click()
  await page.getByRole('radio').nth(1).check()
  await page.locator('#preview').getByText('さくら食堂').first().waitFor()
  await soundStep(page, 'ja', 'お客様に送る文面を選んでください')
  await page.getByRole('button', { name: '次へ' }).click()
  await page.getByText(shop.address).first().waitFor()
  assert.equal(fs.existsSync(shop.config), false, 'nothing is written before the start')
  await page.getByRole('button', { name: '受付を始める' }).click()
  await page.locator('.light.good').waitFor()
  const { customer, letter } = await signsUp(stage, shop)
  assert.equal(letter.from, 'さくら食堂')
  await page.getByText(customer).waitFor()
  const settings = fs.readFileSync(shop.config, 'utf8')
  assert.match(settings, /^#/m, 'the file is explained')
  assert.ok(!settings.includes(shop.password), 'the password is not in the settings file')
}, { limit: 150_000 })

test('by keyboard alone, in English, on 360 pixels', async ({ browser, stage }) => {
  const shop = await stage.serve({ settings: 'none' })
  const page = await browser.enter(shop, { width: 360, height: 640, language: 'en' })
  const keys = await withoutMouse(page)
  if ((await page.locator('html').getAttribute('lang')) !== 'en') await keys.enter(page.getByRole('button', { name: 'English' }))
  await soundStep(page, 'en', 'Welcome to Karamail')
  await keys.type(page.getByLabel('Name of the shop'), 'Sakura Diner')
  await keys.press('Enter')
  await keys.type(page.getByLabel('Mail address'), shop.address)
  await keys.press('Enter')
  const [receiving, sending] = ['Receiving (POP3)', 'Sending (SMTP)'].map((name) => page.getByRole('group', { name }))
  await receiving.waitFor({ timeout: 60_000 })
  await soundStep(page, 'en', 'Please fill in the servers')
  // Back by Escape, and on again: nothing that was typed is lost.
  await keys.press('Escape')
  await page.getByLabel('Mail address').waitFor()
  assert.equal(await page.getByLabel('Mail address').inputValue(), shop.address)
  await keys.to(page.getByLabel('Mail address'))
  await keys.press('Enter')
  await receiving.waitFor({ timeout: 60_000 })
  await keys.type(receiving.getByLabel('POP3 server'), '127.0.0.1')
  await keys.type(receiving.getByLabel('Port'), `${shop.pop3Port}`)
  await keys.select(receiving.getByLabel('Encryption'), 'none')
  await keys.type(receiving.getByLabel('User name'), shop.user)
  await keys.type(sending.getByLabel('SMTP server'), '127.0.0.1')
  await keys.type(sending.getByLabel('Port'), `${shop.smtpPort}`)
  await keys.select(sending.getByLabel('Encryption'), 'none')
  await keys.enter(page.getByRole('button', { name: 'Next' }))
  const accept = page.getByLabel('I know, and go on')
  await accept.or(page.getByLabel('Password', { exact: true })).first().waitFor()
  if (await accept.isVisible()) {
    await keys.check(accept)
    await keys.enter(page.getByRole('button', { name: 'Next' }))
  }
  await keys.type(page.getByLabel('Password', { exact: true }), shop.password)
  await soundStep(page, 'en', 'What is the password of the mailbox?')
  await keys.press('Enter')
  await keys.enter(page.getByRole('button', { name: 'Begin the test' }))
  await page.locator('#test').getByText('It works:').waitFor({ timeout: 60_000 })
  await soundStep(page, 'en', 'Try it')
  await keys.enter(page.getByRole('button', { name: 'Next' }))
  await keys.choose(page.getByRole('radio').nth(2))
  await soundStep(page, 'en', 'Choose what customers read')
  await keys.enter(page.getByRole('button', { name: 'Next' }))
  await soundStep(page, 'en', 'Everything is ready')
  await keys.enter(page.getByRole('button', { name: 'Start', exact: true }))
  await page.locator('.light.good').waitFor()
  const { customer, letter } = await signsUp(stage, shop)
  assert.equal(letter.from, 'Sakura Diner')
  await page.getByText(customer).waitFor()
  // To every screen and back.
  for (const name of ['Results', 'Log', 'Settings', 'Test', 'Demo', 'Counter kit', 'Status']) {
    await keys.enter(page.getByRole('navigation').first().getByRole('link', { name, exact: true }))
    await page.locator(`nav [aria-current=page]`, { hasText: name }).first().waitFor()
  }
}, { limit: 150_000 })

await runAll()
