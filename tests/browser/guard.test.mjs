// `karamail serve` lets in whoever has its link, once, and nobody else.

import assert from 'node:assert/strict'
import http from 'node:http'
import net from 'node:net'
import os from 'node:os'
import { runAll, test } from './support/runner.mjs'

/** One request as a program sends it: with any Host and Origin, and no cookie of its own. */
function ask(shop, path, { method = 'GET', headers = {}, body } = {}) {
  const { hostname, port } = new URL(shop.origin)
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, path, method, headers, agent: false }, (answer) => {
      const parts = []
      answer.on('data', (part) => parts.push(part))
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() }))
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** What the page behind the link does with the link's token: makes it a cookie. */
function signIn(shop, headers = {}) {
  const token = new URL(shop.link).hash.slice(1)
  assert.ok(token.length >= 32, 'the token is in no request line')
  return ask(shop, '/enter', { method: 'POST', headers: { origin: shop.origin, ...FORM, ...headers }, body: `token=${token}` })
}

async function cookieOf(shop) {
  const answer = await signIn(shop)
  const [cookie] = answer.headers['set-cookie'] ?? []
  assert.ok(cookie, `the link gives a cookie: ${answer.status} ${answer.text}`)
  return { cookie: cookie.split(';')[0], whole: cookie }
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
/** Screens that change something by POST; none of them may hear a stranger. */
const CHANGES = ['/language', '/demo', '/settings/control', '/settings/mail/0', '/test', '/first']

test('without the cookie there is no page', async ({ stage }) => {
  const shop = await stage.serve()
  for (const path of ['/', '/status', '/results', '/settings/control', '/log', '/results/export.csv', '/first']) {
    const { status, text } = await ask(shop, path)
    assert.ok(status === 401 || status === 403, `${path}: ${status}`)
    assert.ok(!text.includes(shop.address), path)
  }
  const forged = await ask(shop, '/status', { headers: { cookie: 'karamail=0; session=0' } })
  assert.ok(forged.status >= 400, `${forged.status}`)
})

test('the link works once, and its cookie is strict', async ({ stage, browser }) => {
  const shop = await stage.serve()
  const { cookie, whole } = await cookieOf(shop)
  assert.match(whole, /HttpOnly/i)
  assert.match(whole, /SameSite=Strict/i)
  const again = await signIn(shop)
  assert.ok(again.status >= 400, `a second time: ${again.status}`)
  assert.equal(again.headers['set-cookie'], undefined)
  assert.equal((await ask(shop, '/status', { headers: { cookie } })).status, 200)
  const stranger = await browser.visitor()
  stranger.expected.faults.push(/40[13]/)
  await stranger.goto(shop.link)
  assert.equal(await stranger.locator('nav').count(), 0, 'a stranger sees no screen')
  await stranger.getByText('karamail serve').waitFor()
})

test('a foreign Host is refused', async ({ stage }) => {
  const shop = await stage.serve()
  const { cookie } = await cookieOf(shop)
  const { port } = new URL(shop.origin)
  for (const host of ['shop.example', `shop.example:${port}`, '127.0.0.1', '127.0.0.1:1', `127.0.0.1.evil.example:${port}`]) {
    const { status } = await ask(shop, '/status', { headers: { cookie, host } })
    assert.ok(status >= 400, `${host}: ${status}`)
  }
})

test('another page cannot use the link up', async ({ stage }) => {
  const shop = await stage.serve()
  for (const origin of ['https://evil.example', 'null']) {
    assert.ok((await signIn(shop, { origin })).status >= 400, origin)
  }
  assert.ok(await cookieOf(shop))
})

test('a POST from another page, or from nowhere, is refused', async ({ stage }) => {
  const shop = await stage.serve()
  const { cookie } = await cookieOf(shop)
  for (const path of CHANGES) {
    for (const origin of [undefined, 'null', 'https://evil.example', 'http://127.0.0.1', shop.origin.replace('127.0.0.1', 'localhost') + '0']) {
      const headers = { cookie, ...FORM, ...(origin === undefined ? {} : { origin }) }
      const { status } = await ask(shop, path, { method: 'POST', headers, body: 'language=en' })
      assert.ok(status === 400 || status === 403, `${path} from ${origin}: ${status}`)
    }
    const withoutCookie = await ask(shop, path, { method: 'POST', headers: { origin: shop.origin, ...FORM }, body: 'language=en' })
    assert.ok([401, 403].includes(withoutCookie.status), `${path} without cookie: ${withoutCookie.status}`)
  }
})

test('every answer carries a strict Content-Security-Policy', async ({ stage }) => {
  const shop = await stage.serve()
  const { cookie } = await cookieOf(shop)
  for (const path of ['/status', '/results', '/settings/control', '/no-such-page', '/results/export.csv']) {
    const { headers } = await ask(shop, path, { headers: { cookie } })
    const policy = headers['content-security-policy'] ?? ''
    assert.match(policy, /default-src '(none|self)'/, path)
    assert.doesNotMatch(policy, /unsafe|\*|https?:/, path)
    assert.match(policy, /frame-ancestors '(none|self)'/, path)
    assert.match(policy, /form-action 'self'/, path)
    assert.match(policy, /base-uri '(none|self)'/, path)
    assert.equal(headers['x-content-type-options'], 'nosniff', path)
    assert.match(headers['referrer-policy'] ?? '', /no-referrer|same-origin/, path)
    assert.match(headers['cache-control'] ?? '', /no-store|no-cache|private/, path)
  }
})

test('it listens on this machine alone', async ({ stage }) => {
  const shop = await stage.serve()
  const { hostname, port } = new URL(shop.origin)
  assert.equal(hostname, '127.0.0.1')
  const others = Object.values(os.networkInterfaces()).flat().filter(({ internal, family }) => !internal && family === 'IPv4')
  for (const { address } of others) {
    const connects = await new Promise((resolve) => {
      const socket = net.connect({ host: address, port: Number(port), timeout: 2000 })
      const end = (result) => () => { socket.destroy(); resolve(result) }
      socket.on('connect', end(true)).on('error', end(false)).on('timeout', end(false))
    })
    assert.equal(connects, false, `${address}:${port}`)
  }
})

await runAll()
