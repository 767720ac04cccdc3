// A visitor without a mouse: Tab, Shift+Tab, Enter, Space, arrows, F12 and Escape, and what is typed.

import assert from 'node:assert/strict'

/** Most steps by Tab to reach something on one screen; more is too far for anybody. */
const MOST_STEPS = 60

export class Keyboard {
  #page

  constructor(page) {
    this.#page = page
  }

  press(key) {
    return this.#page.keyboard.press(key)
  }

  /** Goes by Tab to a control; fails where that does not get there, or where it does not show that it has the focus. */
  async to(control) {
    await control.waitFor()
    const isThere = () => control.evaluate((element) => element === document.activeElement).catch(() => false)
    for (let step = 0; step < MOST_STEPS; step += 1) {
      if (await isThere()) return
      await this.press('Tab')
    }
    assert.ok(await isThere(), `Tab does not get to ${control}`)
  }

  /** Goes to a field and types, in place of what was there. */
  async type(field, text) {
    await this.to(field)
    await this.press('Control+a')
    await this.#page.keyboard.type(text)
  }

  /** Goes to a button or link and presses Enter. */
  async enter(control) {
    await this.to(control)
    await this.press('Enter')
  }

  /** Goes to a check box and makes it `on` by Space. */
  async check(box, on = true) {
    await this.to(box)
    if ((await box.isChecked()) !== on) await this.press('Space')
    assert.equal(await box.isChecked(), on)
  }

  /** Chooses among radio buttons of a group by arrows. */
  async choose(radio) {
    const name = await radio.getAttribute('name')
    const group = this.#page.locator(`input[type=radio][name="${name}"]`)
    // Tab gets to the one that is chosen, or to the first.
    const chosen = this.#page.locator(`input[type=radio][name="${name}"]:checked`)
    await this.to((await chosen.count()) > 0 ? chosen : group.first())
    for (let step = await group.count(); step > 0 && !(await radio.isChecked()); step -= 1) await this.press('ArrowDown')
    if (!(await radio.isChecked())) await this.press('Space')
    assert.ok(await radio.isChecked(), 'the arrows get to it')
  }

  /** Chooses from a list by the first letters of an entry. */
  async select(list, entry) {
    await this.to(list)
    await this.#page.keyboard.type(entry)
    assert.match(await list.evaluate((element) => element.selectedOptions[0].text), new RegExp(`^${entry}`))
  }
}

/** The keyboard of a page on which a mouse is never used: a pointer on it fails the test. */
export async function withoutMouse(page) {
  const watch = () => document.addEventListener('pointerdown', () => console.error('a pointer was used'), true)
  await page.addInitScript(watch)
  await page.evaluate(watch)
  return new Keyboard(page)
}
