// Forms on the phone: kept while they are typed, greyed at the first press, sent with their files, shown again when the
// server says no.  Without this script every form is sent by the browser as it is.
(() => {
  const x = self.xiaohao
  const words = JSON.parse(document.body.dataset.words)
  const say = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), words[name])
  const OF_THE_PAGE = ['csrf_token', 'once', 'held']
  // The longest a link waits for a slow store, in milliseconds.
  const MOMENT = 1000
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
    // A form whose inputs follow from its answers is named by its page.
    if (form.dataset.keep) return `${form.getAttribute('action')} ${form.dataset.keep}`
    const names = [...form.elements].filter((one) => one.name && one.type !== 'hidden').map((one) => one.name)
    return `${form.getAttribute('action')} ${[...new Set(names)].sort().join(' ')}`
  }

  function stateOf (form) {
    if (!states.has(form)) {
      states.set(form, {
        id: x.fresh(), files: [], gone: [], made: Date.now(), busy: false, typed: false, failed: new Map(),
        waits: Promise.resolve(), writing: Promise.resolve()
      })
    }
    return states.get(form)
  }

  function fieldsOf (form, button) {
    const fields = [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && !OF_THE_PAGE.includes(name))
    if (button && button.name) fields.push([button.name, button.value])
    return fields
  }

  // Files that an earlier answer of the server named are fields of the form.
  const filesOf = (state) => state.files.filter((one) => !state.failed.has(one.sha))
    .map(({ field, sha, from, name, size, raw, begun }) => ({ field, sha, from, name, size, raw, begun }))

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
      words: [...form.querySelectorAll('textarea, input[type=text]')].map((each) => each.value.trim()).filter(Boolean),
      files: filesOf(state),
      made: state.made,
      state: state.state || 'draft'
    }
  }

  function heldOf (form) {
    return [...form.querySelectorAll('input[name=held]')].filter((one) => one.checked).map((one) => ['held', one.value])
  }

  // ---- Drafts ------------------------------------------------------------------------------------------------------
  // One write after the other, each of the form as it is by then: an older one never comes last.
  function write (form, make) {
    const state = stateOf(form)
    const work = async () => {
      const one = make()
      const gone = [...state.gone]
      await x.keep(one, gone)
      state.gone = state.gone.filter((each) => !gone.includes(each))
      return one
    }
    state.writing = state.writing.then(work, work)
    return state.writing
  }

  function drawn (form, button) {
    const one = entryOf(form, stateOf(form), button)
    one.fields.push(...heldOf(form))
    return one
  }

  async function keepDraft (form) {
    const state = stateOf(form)
    if (state.busy || (!state.typed && !state.files.length)) return
    await write(form, () => drawn(form)).catch(() => notice(form, say('full'), 'warning'))
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
      x.showFile(form, input, state.files[state.files.length - 1], each.raw ? null : bytes)
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

  // A form that waits is not filled in again by mistake, but another of its kind may be.
  function waits (form, one) {
    Object.assign(stateOf(form), { busy: true, id: one.id })
    const another = make('button', { type: 'button', className: 'btn btn-link p-0', textContent: say('another') })
    another.onclick = () => { states.delete(form); form.querySelector(':scope > .x-phone-notice').remove() }
    notice(form, say('waits'), 'warning', another)
  }

  // ---- Sending -----------------------------------------------------------------------------------------------------
  async function send (form, button) {
    const state = stateOf(form)
    state.busy = true
    clearTimeout(later.get(form))
    const buttons = [...form.querySelectorAll('button:not([type=button])')]
    buttons.forEach((one) => { one.disabled = true })
    const told = notice(form, say('storing'), 'info')
    // A photo that was chosen a moment ago is still being kept.
    await state.choosing
    let one = { ...drawn(form, button), state: 'waiting', pressed: await x.serverNow() }
    const asItIs = () => ({ ...one, files: filesOf(state) })
    let stays = true
    try { await write(form, asItIs) } catch (error) { stays = false }
    if (stays) told.textContent = say('keeping')
    try {
      const outcome = await x.alone(async () => {
        await state.waits
        one = asItIs()
        // What another tab has made small and sent meanwhile is in the store alone.
        if (one.files.some((each) => each.raw)) one = await x.entry(one.id) || one
        else if (stays) await write(form, asItIs).catch(() => {})
        const bad = state.files.find((each) => state.failed.has(each.sha))
        if (bad) return { said: `${bad.name}: ${state.failed.get(bad.sha)}` }
        return x.post(one, (part) => { told.textContent = say('sending', { part: Math.min(99, Math.round(part * 100)) }) })
      }, true)
      if (outcome.see) {
        await x.forget(one.id).catch(() => {})
        location.assign(outcome.see)
        if (new URL(outcome.see, location.href).pathname === location.pathname && outcome.see.includes('#')) location.reload()
        return
      }
      await x.keep({ ...one, state: 'draft' }).catch(() => {})
      if (outcome.taken) state.files = []
      if (outcome.page) return x.replace({ name: one.form, action: one.action, state }, outcome.page)
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
        if (stays) {
          // The browser may ask the person, who need not answer.
          x.lasts()
          return x.status() // Greyed: it is sent by itself.
        }
      }
    }
    state.busy = false
    buttons.forEach((one) => { one.disabled = false })
  }

  // Whether a form of this page is the one with this key.
  const shows = (id) => [...document.querySelectorAll('form[data-keep]')].some((form) => states.has(form) && stateOf(form).id === id)

  Object.assign(x, { say, make, notice, stateOf, keepDraft, kept, nameOf, shows, begin })

  async function begin () {
    const forms = [...document.querySelectorAll('form[data-keep]')].filter(kept)
    forms.forEach(x.offerIn)
    if (!(await x.usable())) {
      // Forms are sent by the browser, as over plain HTTP.
      x.able = false
      return forms.forEach(x.withdrawIn)
    }
    for (const one of await x.entries().catch(() => [])) {
      const form = forms.find((each) => nameOf(each) === one.form && !states.has(each))
      if (form && one.state !== 'waiting') await restore(form, one)
      else if (form) waits(form, one)
    }
    document.documentElement.dataset.phone = 'ready'
    x.go()
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
  // Safari before 15.4 neither names the button of a submission nor gives it the focus.
  let pressed = null
  document.addEventListener('click', (event) => { pressed = event.target.closest('button') }, true)
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (form.hasAttribute('data-leaves')) return leave(event, form)
    if (event.defaultPrevented || !kept(form)) return
    event.preventDefault()
    if (!stateOf(form).busy) send(form, event.submitter || (pressed && pressed.form === form ? pressed : null))
  })
  // Signing out names what has not been sent, which stays on the phone for its writer; the pages taken along go.
  async function leave (event, form) {
    if (!x.able) return
    event.preventDefault()
    const all = await x.entries().catch(() => [])
    if (all.length && !form.dataset.told) {
      form.dataset.told = 'yes'
      return notice(form, say('signOut', { n: all.length }), 'warning')
    }
    await x.wipe().catch(() => {})
    x.nobodyHere()
    form.submit()
  }

  // What is typed is written before the page may die: when it is hidden, and before the camera takes the phone's memory.
  const begun = () => [...document.querySelectorAll('form[data-keep]')].filter((form) => kept(form) && states.has(form))
  const keepAll = () => Promise.all(begun().map(keepDraft))
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && keepAll())
  // A page that is left has no time to write: a link is followed once what was typed before it is written.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href]')
    const otherwise = event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey
    if (!link || otherwise || link.target || link.hasAttribute('download') || link.origin !== location.origin) return
    if (!begun().some((form) => stateOf(form).typed)) return
    event.preventDefault()
    Promise.race([keepAll(), new Promise((resolve) => setTimeout(resolve, MOMENT))]).then(() => location.assign(link.href))
  })
  // Safari before 14.1 hides a page that is left without a word.
  self.addEventListener('pagehide', keepAll)
  self.addEventListener('pageshow', (event) => { if (event.persisted) location.reload() })
  // Without a signal the page is put in first.
  if (x.able && !document.body.hasAttribute('data-away')) begin()
})()
