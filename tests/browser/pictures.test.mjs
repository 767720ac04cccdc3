// The pictures of the manuals: every screen in Japanese, light, 800 pixels wide, with a shop's morning in it.
// docs/pictures/make-screens.sh puts them into docs/pictures; other runs keep them in target/browser/pictures.

import { until } from './support/data.mjs'
import { picture } from './support/picture.mjs'
import { runAll, test } from './support/runner.mjs'

const VISITOR = { width: 800, height: 900, language: 'ja' }

test('pictures of the first steps', async ({ browser, stage }) => {
  const shop = await stage.serve({ user: 'touroku', settings: 'none' })
  const page = await browser.enter(shop, VISITOR)
  const next = () => page.getByRole('button', { name: '次へ' }).click()
  await picture(page, 'first-welcome')
  await page.getByLabel('店名').fill('さくら食堂')
  await page.getByRole('button', { name: 'お店のメールで始める' }).click()
  // A provider that is in the list, so that the picture shows what most see.
  await page.getByLabel('メールアドレス').fill('sakura@asahi-net.or.jp')
  await picture(page, 'first-address')
  await next()
  await page.getByRole('heading', { name: '設定が見つかりました' }).waitFor()
  await picture(page, 'first-servers')
  await page.getByRole('button', { name: '戻る(ESC)' }).click()
  await page.getByLabel('メールアドレス').fill(shop.address)
  await next()
  const [receiving, sending] = ['受信(POP3)', '送信(SMTP)'].map((name) => page.getByRole('group', { name }))
  await page.getByRole('heading', { name: 'サーバーの設定を入力してください' }).waitFor({ timeout: 60_000 })
  await receiving.getByLabel('受信サーバー').fill('127.0.0.1')
  await receiving.getByLabel('ポート番号').fill(`${shop.pop3Port}`)
  await receiving.getByLabel('通信の暗号化').selectOption('none')
  await receiving.getByLabel('アカウント(ユーザー名)').fill(shop.user)
  await sending.getByLabel('送信サーバー').fill('127.0.0.1')
  await sending.getByLabel('ポート番号').fill(`${shop.smtpPort}`)
  await sending.getByLabel('通信の暗号化').selectOption('none')
  await next()
  const password = page.locator('#password')
  const accept = page.getByLabel('承知のうえで')
  await accept.or(password).first().waitFor()
  if (await accept.isVisible()) {
    await accept.check()
    await next()
  }
  await password.fill(shop.password)
  await picture(page, 'first-password')
  await next()
  await page.getByRole('button', { name: 'テストを始める' }).click()
  await page.locator('#test').getByText('成功しました。').waitFor({ timeout: 60_000 })
  await picture(page, 'first-test')
  await page.reload()
  await next()
  await page.getByRole('heading', { name: 'お客様に送る文面を選んでください' }).waitFor()
  await picture(page, 'first-receipt')
  await page.reload()
  await next()
  await page.getByRole('button', { name: '受付を始める' }).waitFor()
  await picture(page, 'first-begin')
}, { limit: 120_000 })

/** A morning: numbers given, one of them sent back, somebody who writes again and again, a question, old mails. */
async function morning(shop) {
  const customers = ['hanako@phone.example', 'kenji.suzuki@gmail.example', 'misaki.sato@phone.example', 'moved.tanaka@phone.example', 'taro-y@phone.example']
  for (const customer of customers) {
    await shop.mail(customer)
    await until('it is taken', async () => (await shop.waiting()) <= 2)
  }
  await shop.mail('guest@office.example', { subject: '営業時間について', body: '何時まで開いていますか。' })
  await shop.mail('away@office.example', { headers: ['Auto-Submitted: auto-replied'] })
  for (let n = 0; n < 3; n += 1) await shop.mail('hanako@phone.example')
  // Two old mails and the one that is held stay.
  await until('the morning is over', async () => (await shop.waiting()) === 3)
  await shop.received('hanako@phone.example', 3)
}

test('pictures of a shop at work', async ({ browser, stage }) => {
  const shop = await stage.serve({ user: 'touroku', deposit: 2, more: '[[series]]\nname = "main"\nfirst_number = 1706' })
  const page = await browser.enter(shop, VISITOR)
  await morning(shop)
  await until('the one that came back is known', async () => {
    await page.goto(`${shop.origin}/results?state=bounced`)
    return (await page.locator('td.number').count()) === 1
  })
  const screens = [
    ['status', '/status'],
    ['results', '/results'],
    ['result', '/results/main/1709'],
    ['erase', '/results/main/1707/erase'],
    ['waiting', '/waiting'],
    ['log', '/log'],
    ['settings', '/settings'],
    ['settings-control', '/settings/control'],
    ['settings-duplicate', '/settings/duplicate'],
    ['settings-templates', '/settings/templates'],
    ['settings-guards', '/settings/guards'],
    ['settings-data', '/settings/data'],
    ['settings-mail', '/settings/mail'],
    ['settings-mailbox', '/settings/mail/1'],
    ['settings-ports', '/settings/ports'],
    ['kit', '/kit'],
    ['kit-allow', '/kit/allow'],
    ['kit-staff', '/kit/staff'],
  ]
  for (const [name, address] of screens) {
    await page.goto(shop.origin + address)
    await page.waitForTimeout(300) // what scripts draw anew after loading
    await picture(page, name, { height: 1250 })
    // What the picture put into fields is asked about, and may go.
    page.expected.dialogs = [true]
  }
  await page.goto(`${shop.origin}/test`)
  await page.getByRole('button', { name: '受信のテスト' }).click()
  await page.getByText('次は「送信のテスト」').waitFor()
  await picture(page, 'test')
}, { limit: 150_000 })

test('pictures of the demo', async ({ browser, stage }) => {
  const shop = await stage.serve({ user: 'touroku', settings: 'none' })
  const page = await browser.enter(shop, VISITOR)
  await page.goto(`${shop.origin}/demo`)
  await picture(page, 'demo')
  await page.getByRole('button', { name: 'デモを始める' }).click()
  await page.getByRole('button', { name: '送信', exact: true }).click()
  await page.getByRole('heading', { name: '受付番号 1 が届きました' }).waitFor()
  await page.getByText('サーバーからメールを削除しました').waitFor()
  await picture(page, 'demo-phone')
})

await runAll()
