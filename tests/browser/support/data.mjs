// Customers and mails that fill the screens: each delivery state that this machine can bring about, a held mail, mail
// that is no signup. Names are as hostile as names from the internet.

/** A name with all that a page must not take for its own. */
export const HOSTILE = '<img src=x onerror=alert(1)><b id=injected>\u202e"&amp;\'</b>'

/** Sends the mails and waits until the program is done with them. */
export async function fill(stage, shop, page) {
  const [first, second, moved] = [stage.customer('hanako'), stage.customer('taro'), stage.customer('moved')]
  await shop.mail(first)
  await shop.mail(second, { name: `"${HOSTILE.replace(/["\\]/g, '\\$&')}"` })
  await shop.mail(moved)
  await shop.received(first)
  await shop.received(second)
  await shop.mail(first)
  await shop.mail(stage.customer('guest'), { subject: HOSTILE, body: 'When do you open?' })
  await shop.mail(stage.customer('away'), { headers: ['Auto-Submitted: auto-replied'], body: 'I am away.' })
  await shop.received(first, 2)
  // Three an hour are answered; the fourth is held.
  for (let n = 0; n < 2; n += 1) await shop.mail(first)
  await shop.received(first, 3)
  // A held mail stays until the shop has decided.
  await until('the mailbox holds the held mail alone', async () => (await shop.waiting()) === 1)
  return { first, second, moved }
}

/** Returns once `done` holds; for what can only be observed by looking again. */
export async function until(what, done, bound = 60_000) {
  const end = Date.now() + bound
  while (!(await done())) {
    if (Date.now() > end) throw new Error(`not within ${bound / 1000} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Waits until the program holds so many mails. */
export function held(page, shop, count) {
  return until(`${count} held mails`, async () => {
    await page.goto(`${shop.origin}/waiting`)
    return (await page.locator('main table tbody tr').count()) >= count
  })
}
