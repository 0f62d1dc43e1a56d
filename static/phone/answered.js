// The page that a sent form was answered with, where the server says no: the words and photos stand in it as before.
(() => {
  const x = self.xiaohao

  // The page that the server answered, in place of this one: its forms go on with the same files.
  function replace ({ name, action, state }, text) {
    const page = new DOMParser().parseFromString(text, 'text/html')
    const loaded = [...document.scripts].map((one) => one.src)
    const wanted = [...page.querySelectorAll('script[src]')].map((one) => new URL(one.getAttribute('src'), location.href).href)
    const main = document.adoptNode(page.getElementById('main'))
    document.getElementById('main').replaceWith(main)
    document.title = page.title
    // A script of the answered page that this one has not loaded (a step-up by passkey) lies still until it is put in anew.
    wanted.filter((src) => !loaded.includes(src)).forEach((src) => document.head.append(x.make('script', { src })))
    if (self.htmx) self.htmx.process(main)
    const same = [...main.querySelectorAll('form[data-keep]')].find((one) => x.nameOf(one) === name) ||
      [...main.querySelectorAll('form')].find((one) => one.getAttribute('action') === action)
    main.querySelectorAll('form[data-keep]').forEach((one) => x.kept(one) && x.offerIn(one))
    if (same) takeOver(same, state)
    x.status()
    const first = main.querySelector('[autofocus]') || main.querySelector('[role=alert]') || main
    if (!first.hasAttribute('tabindex') && first.tabIndex < 0) first.tabIndex = -1
    first.focus()
    first.scrollIntoView({ block: 'center' })
    return Boolean(same)
  }

  // A form that was refused while it waited, sent again: what the server says stands beside its words and photos.
  async function sendAgain (one) {
    const outcome = await x.alone(() => x.post(one), true)
    if (outcome.see) {
      await x.forget(one.id)
      return location.assign(outcome.see)
    }
    if (outcome.said) return x.keep({ ...one, why: outcome.said }).then(x.status)
    const there = replace({ name: one.form, action: one.action, state: { id: one.id, made: one.made, files: one.files } }, outcome.page)
    history.replaceState(null, '', one.page)
    if (there) return x.keep({ ...one, state: 'draft' })
    // The page offers this form no more: what was written stays in view, and on the phone until it is deleted there.
    const left = one.words.map((text) => x.make('p', { className: 'mb-1', textContent: text }))
    const files = x.make('ul', { className: 'x-phone-files' })
    for (const each of one.files) {
      const bytes = await x.file(each.sha).catch(() => null)
      files.append(x.make('li', {}, ...x.thumbnail(each, bytes), x.make('span', { textContent: each.name })))
    }
    const told = x.make('div', { className: 'alert alert-danger' }, x.make('p', { textContent: x.say('noLongerOffered') }), ...left, files)
    document.getElementById('main').prepend(told)
    told.tabIndex = -1
    told.focus()
    told.scrollIntoView({ block: 'start' })
  }

  async function takeOver (form, before) {
    // Of a page that asks for something else (a code), the files go along as the server holds them.
    if (!x.kept(form)) {
      for (const each of before.files) form.append(x.make('input', { type: 'hidden', name: 'held', value: `${each.field} ${each.sha}` }))
      return
    }
    const state = x.stateOf(form)
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
    await x.keepDraft(form)
  }

  Object.assign(x, { replace, sendAgain })
})()
