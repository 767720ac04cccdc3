// What is asked of every screen: it fits the window, its words are in the reader's language, axe-core finds no serious
// fault, and whoever works without a mouse sees where he is. Each function answers with a list of faults.

import { AxeBuilder } from '@axe-core/playwright'

/** Serious and critical faults that axe-core finds. */
export async function accessFaults(page) {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  return grave.map(({ id, help, nodes }) => {
    const places = nodes.slice(0, 4).map(({ html, failureSummary }) => {
      const why = failureSummary?.split('\n').pop() ?? ''
      return `\n    ${html.replace(/\s+/g, ' ').slice(0, 160)}\n    ${why.slice(0, 160)}`
    })
    return `axe: ${id} (${nodes.length}): ${help}${places.join('')}`
  })
}

/** Whether the page is wider than the window; and what reaches out. */
export async function widthFaults(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth <= clientWidth) return []
    const isInside = (element) => {
      for (let up = element.parentElement; up; up = up.parentElement) {
        if (getComputedStyle(up).overflowX !== 'visible' && up !== document.body && up !== document.documentElement) return true
      }
      return false
    }
    const wide = [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 0.5 && !isInside(element))
      .slice(0, 5)
      .map((element) => element.outerHTML.slice(0, 120))
    return [`scrolls sideways: ${scrollWidth} px in ${clientWidth} px: ${wide.join('\n    ')}`]
  })
}

/**
 * Words in the wrong language, and words that nobody meant for people. Text of the other language is marked by `lang`
 * or is the shop's own: `<code>`, `<pre>`, `<samp>`, fields, and whatever carries `translate="no"`.
 */
export async function wordFaults(page, language) {
  const texts = await page.evaluate((language) => {
    const found = []
    const isOther = (element) =>
      element.closest(`[lang]:not(html):not([lang="${language}"]), [translate="no"], code, pre, samp, kbd, textarea, script, style`) !== null
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.nodeValue.trim()
      if (text && !isOther(node.parentElement)) found.push(text)
    }
    const names = ['title', 'aria-label', 'placeholder', 'alt', 'data-confirm', 'data-confirm-yes', 'data-confirm-no', 'data-offline', 'data-yes', 'data-no']
    for (const name of [...names, 'data-ask-before-leaving', 'data-leave', 'data-stay', 'data-copied', 'data-confirm-title']) {
      for (const element of document.querySelectorAll(`[${name}]`)) {
        if (!isOther(element)) found.push(element.getAttribute(name))
      }
    }
    return [document.title, ...found]
  }, language)
  return texts.flatMap((text) => wordFault(text, language).map((fault) => `${fault}: ${JSON.stringify(text)}`))
}

/** The program's own name, marks in templates, and the reader's choice of language stand in both; so do the words of a
 * Japanese menu in brackets behind their meaning. */
const PROPER = /空メール受付|★[^★\s]*★|日本語|English|\([\u3040-\u30ff\u3400-\u9fff]+\)/g
const JAPANESE = /[\u3040-\u30ff\u3400-\u9fff]/
/** Three words of English in a row, with small letters: a sentence, and no name. */
const SENTENCE = /(?:^|[\s(])[A-Za-z]?[a-z']+(?: [a-z']+){2,}/
const RAW = /\{[a-z_0-9]*\}|\{\{|\}\}|undefined|Some\(|NaN|\[object|&(?:amp|lt|gt|quot|#\d+);/

function wordFault(text, language) {
  const bare = text.replace(PROPER, '')
  const faults = []
  if (language === 'en' && JAPANESE.test(bare)) faults.push('Japanese in an English screen')
  if (language === 'ja' && SENTENCE.test(bare) && !JAPANESE.test(bare)) faults.push('English in a Japanese screen')
  if (RAW.test(bare)) faults.push('not meant for people')
  return faults
}

/** What can be reached by Tab and does not show that it is; what has no name; what has no place in the order. */
export async function focusFaults(page) {
  // From here on the browser takes focus as given by the keyboard.
  await page.keyboard.press('Tab')
  return page.evaluate(() => {
    const faults = []
    const all = document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]')
    const look = (element) => {
      const style = getComputedStyle(element)
      const { outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor, textDecorationLine } = style
      return {
        outline: outlineStyle !== 'none' && parseFloat(outlineWidth) > 0,
        rest: [boxShadow, borderColor, backgroundColor, textDecorationLine].join(' '),
      }
    }
    for (const element of all) {
      if (element.disabled || element.getClientRects().length === 0 || element.closest('[inert]')) continue
      // Not what lies in closed details.
      if (!element.checkVisibility({ visibilityProperty: true })) continue
      const told = element.outerHTML.slice(0, 120)
      if (element.tabIndex > 0) faults.push(`tabindex above 0: ${told}`)
      if (element.tabIndex < 0) continue
      document.activeElement?.blur()
      const before = look(element)
      element.focus()
      if (document.activeElement !== element) {
        faults.push(`cannot be focused: ${told}`)
        continue
      }
      const after = look(element)
      if (!after.outline && after.rest === before.rest) faults.push(`focus is not seen: ${told}`)
    }
    document.activeElement?.blur()
    return faults
  })
}

/** Headings in order, one h1, a title, a main landmark. */
export async function outlineFaults(page) {
  return page.evaluate(() => {
    const faults = []
    const levels = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
      .filter((heading) => heading.getClientRects().length > 0)
      .map((heading) => Number(heading.tagName[1]))
    if (levels.filter((level) => level === 1).length !== 1) faults.push(`headings of the first level: ${levels.join(' ')}`)
    levels.forEach((level, n) => {
      if (n > 0 && level > levels[n - 1] + 1) faults.push(`a heading skips a level: ${levels.join(' ')}`)
    })
    if (!document.title.trim()) faults.push('no title')
    if (document.querySelectorAll('main').length !== 1) faults.push('not one main')
    if (!document.documentElement.lang) faults.push('no language')
    return [...new Set(faults)]
  })
}
