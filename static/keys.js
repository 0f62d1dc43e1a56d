// Keys at a desk: they press the buttons and follow the links that a page shows, and do nothing where it shows none.  They are silent
// while one types, with a modifier key and where they were switched off on this device.  `?` shows the list, which the help page has too.
(() => {
  const OFF = 'keys-off'
  const ACTS = { a: ['accept'], e: ['endorse'], r: ['send_back', 'reject'] }
  let going = 0

  const off = () => { try { return localStorage.getItem(OFF) !== null } catch { return false } }
  const shown = (one) => one.getClientRects().length > 0
  const first = (within, what) => [...within.querySelectorAll(what)].find((one) => shown(one) && !one.disabled)
  const typing = (one) => one.isContentEditable || one.matches('textarea, select') ||
    (one.matches('input') && !['checkbox', 'radio', 'button', 'submit'].includes(one.type))

  // Rows are those that lead somewhere; the one in hand is that with the focus.
  const LINK = '.x-what > a, a[href]'
  const rows = () => [...document.querySelectorAll('main .x-row')].filter((row) => shown(row) && row.querySelector(LINK))
  const inHand = () => document.activeElement.closest('.x-row')

  function step (by) {
    const all = rows()
    const at = all.indexOf(inHand())
    const row = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]
    if (!row) return false
    row.querySelector(LINK).focus({ preventScroll: true })
    row.scrollIntoView({ block: 'nearest' })
    return true
  }

  // What is behind a fold is opened, and its first input takes the focus.
  function press (what) {
    if (!what) return false
    if (what.tagName !== 'SUMMARY') {
      what.click()
      return true
    }
    for (let fold = what.parentElement; fold; fold = fold.parentElement.closest('details')) fold.open = true
    const input = first(what.parentElement, 'textarea, select, input:not([type=hidden])')
    ;(input || what).focus()
    return true
  }

  // On the ticked rows, or else on the row in hand, or on the ticket of the page.
  function act (names) {
    const form = document.querySelector('form[data-rows]')
    const row = inHand()
    const ticked = form && form.querySelector('input[name=t]:checked, [data-rows-all]:checked')
    for (const name of names) {
      const onMany = form && form.querySelector(`.x-many [data-act=${name}]`)
      if (ticked) {
        if (onMany && !onMany.disabled) return press(onMany)
      } else if (row) {
        const own = first(row, `button[name=only][value^="${name} "], [data-act=${name}]`)
        if (own) return press(own)
        const box = row.querySelector('input[name=t]:not(:disabled)')
        if (onMany && onMany.tagName === 'SUMMARY' && box && box.dataset.acts.split(' ').includes(name)) {
          box.click()
          return press(onMany)
        }
      } else {
        const button = first(document, `.x-actions [data-act=${name}]`)
        if (button) return press(button)
      }
    }
    return false
  }

  function comment () {
    const box = document.getElementById('comment')
    if (box) box.focus()
    return Boolean(box) || act(['comment'])
  }

  function everything () {
    const link = document.querySelector('[data-search]')
    if (!link || location.pathname === link.pathname) return find()
    link.click()
    return true
  }

  function find () {
    const box = first(document, 'main input[type=search]')
    if (!box) return false
    box.focus()
    box.select()
    return true
  }

  async function list () {
    const help = document.querySelector('.x-help')
    let text
    try {
      const answer = await fetch(help.getAttribute('href').split('#')[0])
      text = answer.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('keys') : null
    } catch { text = null }
    if (!text) return help.click()
    const box = document.createElement('dialog')
    box.className = 'x-keys'
    box.setAttribute('aria-labelledby', 'keys-title')
    box.append(...text.childNodes)
    box.addEventListener('close', () => box.remove())
    document.body.append(box)
    box.querySelectorAll('[data-keys]').forEach((one) => { one.checked = !off() })
    box.showModal()
    const title = box.querySelector('h2')
    title.tabIndex = -1
    title.focus()
  }

  function go (letter) {
    const link = document.querySelector(`.x-nav [data-go="${letter}"]`)
    if (link) link.click()
    return Boolean(link)
  }

  function done (key) {
    if (going && Date.now() - going < 2000) {
      going = 0
      return go(key)
    }
    going = 0
    if (key === 'g') return Boolean(going = Date.now())
    if (key === 'j' || key === 'k') return step(key === 'j' ? 1 : -1)
    if (key === 'x') {
      const row = inHand()
      return press(row && row.querySelector('input[name=t]:not(:disabled)'))
    }
    if (key === 'c') return comment()
    if (key === '/' || key === '、') return everything()
    if (key === 'f') return find()
    if (key === '?' || key === '？') return Boolean(list())
    return Boolean(ACTS[key]) && act(ACTS[key])
  }

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.key.length > 1) return
    if (event.target instanceof Element && typing(event.target)) return
    if (off() || document.querySelector('dialog[open]') || (event.repeat && !'jk'.includes(event.key))) return
    if (done(event.key)) event.preventDefault()
  })
  document.addEventListener('change', (event) => {
    if (!event.target.hasAttribute('data-keys')) return
    try { event.target.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, '') } catch { /* Kept nowhere. */ }
  })
  document.querySelectorAll('[data-keys]').forEach((one) => { one.checked = !off() })
})()
