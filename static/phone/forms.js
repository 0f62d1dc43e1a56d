// Forms on the phone: kept while they are typed, greyed at the first press, sent with their files, shown again when the
// server says no.  Without this script every form is sent by the browser as it is.
(() => {
  const x = self.xiaohao
  const words = JSON.parse(document.body.dataset.words)
  const say = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), words[name])
  const OF_THE_PAGE = ['csrf_token', 'once', 'held']
  const states = new WeakMap()

  // A form that asks for a password or a code is never kept, and one with a spreadsheet is sent by the browser.
  const kept = (form) => form instanceof HTMLFormElement && form.hasAttribute('data-keep') && x.able &&
    !form.querySelector('input[type=password], [autocomplete=one-time-code], input[type=file]:not([data-held])')

  function make (tag, values, ...inside) {
    const node = Object.assign(document.createElement(tag), values)
    node.append(...inside)
    return node
  }

  // What identifies a form when its page is loaded again: its address, and the names of what one can fill in.
  function nameOf (form) {
    const names = [...form.elements].filter((one) => one.name && one.type !== 'hidden').map((one) => one.name)
    return `${form.getAttribute('action')} ${[...new Set(names)].sort().join(' ')}`
  }

  function stateOf (form) {
    if (!states.has(form)) {
      states.set(form, {
        id: x.fresh(), files: [], made: Date.now(), busy: false, waits: Promise.resolve(), failed: new Map(), typed: false
      })
    }
    return states.get(form)
  }

  function fieldsOf (form, button) {
    const fields = [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && !OF_THE_PAGE.includes(name))
    if (button && button.name) fields.push([button.name, button.value])
    return fields
  }

  function entryOf (form, state, button) {
    const heading = document.querySelector('h1')
    const act = button && button.textContent.trim()
    return {
      id: state.id,
      form: nameOf(form),
      page: location.pathname + location.search,
      action: (button && button.getAttribute('formaction')) || form.getAttribute('action') || location.pathname,
      title: [heading ? heading.textContent.trim() : document.title, form.dataset.about, act].filter(Boolean).join(' · '),
      fields: fieldsOf(form, button),
      // Files that an earlier answer of the server named are fields of the form.
      files: state.files.filter((one) => !state.failed.has(one.sha)).map(({ field, sha, name, begun }) => ({ field, sha, name, begun })),
      made: state.made,
      state: state.state || 'draft'
    }
  }

  function heldOf (form) {
    return [...form.querySelectorAll('input[name=held]')].filter((one) => one.checked).map((one) => ['held', one.value])
  }

  // ---- Drafts ------------------------------------------------------------------------------------------------------
  async function keepDraft (form) {
    const state = stateOf(form)
    if (state.busy || (!state.typed && !state.files.length)) return
    const one = entryOf(form, state)
    one.fields.push(...heldOf(form))
    await x.keep(one).catch(() => notice(form, say('full'), 'warning'))
  }

  const later = new WeakMap()
  function soon (form) {
    clearTimeout(later.get(form))
    later.set(form, setTimeout(() => keepDraft(form), 400))
  }

  async function restore (form, one) {
    const state = stateOf(form)
    Object.assign(state, { id: one.id, made: one.made, typed: true, was: one.state })
    const left = one.fields.filter(([name]) => !OF_THE_PAGE.includes(name))
    for (const control of form.elements) {
      if (!control.name || ['hidden', 'file', 'submit', 'button'].includes(control.type)) continue
      if (control.type === 'checkbox' || control.type === 'radio') {
        control.checked = left.some(([name, value]) => name === control.name && value === control.value)
        continue
      }
      const at = left.findIndex(([name]) => name === control.name)
      if (at < 0) continue
      control.value = left.splice(at, 1)[0][1]
    }
    for (const each of one.files) {
      const input = form.querySelector(`input[type=file][name="${each.field}"]`)
      const bytes = await x.file(each.sha).catch(() => null)
      if (!input || bytes === null) continue
      state.files.push({ ...each, begun: true })
      x.showFile(form, input, state.files[state.files.length - 1], bytes)
      x.background(form, state.files[state.files.length - 1])
    }
    form.closest('details')?.setAttribute('open', '')
    const at = new Date(one.made).toLocaleString(document.documentElement.lang, { dateStyle: 'short', timeStyle: 'short' })
    const drop = make('button', { type: 'button', className: 'btn btn-link p-0', textContent: say('discard') })
    drop.onclick = async () => { await x.forget(one.id); location.reload() }
    notice(form, one.state === 'refused' ? say('refused', { why: one.why || '' }) : say('restored', { at }),
      one.state === 'refused' ? 'danger' : 'info', drop)
  }

  function notice (form, text, look, ...more) {
    form.querySelector(':scope > .x-phone-notice')?.remove()
    const told = make('div', { className: `x-phone-notice alert alert-${look}` }, `${text} `, ...more)
    told.setAttribute('role', look === 'danger' ? 'alert' : 'status')
    form.prepend(told)
    return told
  }

  // ---- Sending -----------------------------------------------------------------------------------------------------
  async function send (form, button) {
    const state = stateOf(form)
    state.busy = true
    clearTimeout(later.get(form))
    const buttons = [...form.querySelectorAll('button:not([type=button])')]
    buttons.forEach((one) => { one.disabled = true })
    const told = notice(form, say('keeping'), 'info')
    // A photo that was chosen a moment ago is still being made smaller.
    await state.choosing
    const one = { ...entryOf(form, state, button), state: 'waiting' }
    one.fields.push(...heldOf(form))
    let stays = true
    try { await x.keep(one) } catch (error) { stays = false }
    try {
      const outcome = await x.alone(async () => {
        await state.waits
        const bad = state.files.find((each) => state.failed.has(each.sha))
        if (bad) return { said: `${bad.name}: ${state.failed.get(bad.sha)}` }
        return x.post(one, (part) => { told.textContent = say('sending', { part: Math.min(99, Math.round(part * 100)) }) })
      }, true)
      if (outcome.see) {
        await x.forget(one.id)
        location.assign(outcome.see)
        if (new URL(outcome.see, location.href).pathname === location.pathname && outcome.see.includes('#')) location.reload()
        return
      }
      await x.keep({ ...one, state: 'draft' }).catch(() => {})
      if (outcome.taken) state.files = []
      if (outcome.page) return replace(form, state, outcome.page)
      notice(form, outcome.said, 'danger')
    } catch (error) {
      if (!(error instanceof x.Line || error instanceof x.SignIn)) throw error
      if (error instanceof x.SignIn) {
        const to = error.see && !error.see.startsWith('/sign-in') ? error.see : `/sign-in?next=${encodeURIComponent(location.pathname)}`
        const link = make('a', { href: to, textContent: say('signIn') })
        await x.keep({ ...one, state: 'draft' }).catch(() => {})
        notice(form, say('signedOut'), 'warning', link)
      } else {
        notice(form, stays ? say('waits') : say('full'), 'warning')
        if (stays) return status() // Greyed: it is sent by itself.
      }
    }
    state.busy = false
    buttons.forEach((one) => { one.disabled = false })
  }

  // The page that the server answered, in place of this one: its forms go on with the same files.
  function replace (form, state, text) {
    const page = new DOMParser().parseFromString(text, 'text/html')
    const loaded = [...document.scripts].map((one) => one.src)
    const wanted = [...page.querySelectorAll('script[src]')].map((one) => new URL(one.getAttribute('src'), location.href).href)
    const main = document.adoptNode(page.getElementById('main'))
    document.getElementById('main').replaceWith(main)
    document.title = page.title
    // A script of the answered page that this one has not loaded (a step-up by passkey) lies still until it is put in anew.
    wanted.filter((src) => !loaded.includes(src)).forEach((src) => document.head.append(make('script', { src })))
    if (self.htmx) self.htmx.process(main)
    const name = nameOf(form)
    const same = [...main.querySelectorAll('form[data-keep]')].find((one) => nameOf(one) === name) ||
      [...main.querySelectorAll('form')].find((one) => one.getAttribute('action') === form.getAttribute('action'))
    main.querySelectorAll('form[data-keep]').forEach((one) => kept(one) && x.offerIn(one))
    if (same) takeOver(same, state)
    const first = main.querySelector('[autofocus]') || main.querySelector('[role=alert]') || main
    if (!first.hasAttribute('tabindex') && first.tabIndex < 0) first.tabIndex = -1
    first.focus()
    first.scrollIntoView({ block: 'center' })
  }

  async function takeOver (form, before) {
    // Of a page that asks for something else (a code), the files go along as the server holds them.
    if (!kept(form)) {
      for (const each of before.files) form.append(make('input', { type: 'hidden', name: 'held', value: `${each.field} ${each.sha}` }))
      return
    }
    const state = stateOf(form)
    Object.assign(state, { id: before.id, made: before.made, typed: true })
    for (const { field, sha, name, size } of before.files) {
      const input = form.querySelector(`input[type=file][name="${field}"]`)
      const bytes = await x.file(sha)
      if (!input || bytes === null) continue
      // The page shows what has arrived; here it is shown with its picture.
      form.querySelector(`input[name=held][value="${field} ${sha}"]`)?.closest('label').remove()
      const one = { field, sha, name, size, begun: true }
      state.files.push(one)
      x.showFile(form, input, one, bytes)
    }
    await keepDraft(form)
  }

  // ---- What waits --------------------------------------------------------------------------------------------------
  async function status () {
    const all = await x.entries().catch(() => [])
    const waiting = all.filter((one) => one.state === 'waiting').length
    const refused = all.filter((one) => one.state === 'refused').length
    const line = document.getElementById('phone-line')
    line.hidden = !waiting && !refused
    line.textContent = [waiting && say('waiting', { n: waiting }), refused && say('needsYou', { n: refused })].filter(Boolean).join(' · ')
    document.dispatchEvent(new CustomEvent('phone-changed', { detail: all }))
    return waiting
  }

  let pause = 5000
  let timer
  async function go () {
    clearTimeout(timer)
    const line = document.getElementById('phone-line')
    try {
      if (await status()) {
        await x.sendAll((one, what, see) => {
          if (what === 'sending') line.textContent = say('sendingOne', { title: one.title })
          else followed(one, see)
        })
        pause = 5000
      }
    } catch (error) {
      if (!(error instanceof x.Line || error instanceof x.SignIn)) throw error
      pause = Math.min(pause * 2, 300000)
    }
    if (await status()) timer = setTimeout(go, pause * (0.75 + Math.random() / 2))
  }

  // A form of this page that was sent, or refused, while it waited.
  function followed (one, see) {
    const shown = [...document.querySelectorAll('form[data-keep]')].some((form) => states.has(form) && stateOf(form).id === one.id)
    if (shown) see ? location.assign(see) : location.reload()
  }

  Object.assign(x, { say, make, notice, stateOf, keepDraft })

  async function begin () {
    const forms = [...document.querySelectorAll('form[data-keep]')].filter(kept)
    forms.forEach(x.offerIn)
    for (const one of await x.entries().catch(() => [])) {
      const form = forms.find((each) => nameOf(each) === one.form && !states.has(each))
      if (form && one.state !== 'waiting') await restore(form, one)
      else if (form) { Object.assign(stateOf(form), { busy: true, id: one.id }); notice(form, say('waits'), 'warning') }
    }
    document.documentElement.dataset.phone = 'ready'
    go()
  }

  document.addEventListener('input', (event) => {
    const form = event.target.form
    if (!form || !kept(form) || event.target.type === 'file') return
    stateOf(form).typed = true
    soon(form)
  })
  document.addEventListener('change', (event) => {
    const input = event.target
    if (input.type === 'file' && input.hasAttribute('data-held') && input.form && kept(input.form)) {
      const state = stateOf(input.form)
      state.choosing = Promise.all([state.choosing, x.choose(input.form, input)])
    }
  })
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (form.hasAttribute('data-leaves')) return leave(event, form)
    if (event.defaultPrevented || !kept(form)) return
    event.preventDefault()
    if (!stateOf(form).busy) send(form, event.submitter || document.activeElement)
  })
  // Signing out names what has not been sent; it stays on the phone for its writer.
  function leave (event, form) {
    if (!x.able || form.dataset.told) return
    event.preventDefault()
    x.entries().catch(() => []).then((all) => {
      form.dataset.told = 'yes'
      if (!all.length) return form.requestSubmit()
      notice(form, say('signOut', { n: all.length }), 'warning')
    })
  }

  // What is typed is written before the page may die: when it is hidden, and before the camera takes the phone's memory.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') document.querySelectorAll('form[data-keep]').forEach((form) => kept(form) && states.has(form) && keepDraft(form))
    else go()
  })
  self.addEventListener('online', () => go())
  self.addEventListener('pageshow', (event) => { if (event.persisted) location.reload() })
  if (x.able) begin()
})()
