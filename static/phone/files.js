// The files of a form on the phone: chosen from camera or gallery, made smaller, kept, shown and uploaded while one types.
(() => {
  const x = self.xiaohao

  // On a phone the camera and the gallery are two buttons: browsers offer one or the other, by what an input asks for.
  function offer (input) {
    const touch = self.matchMedia('(pointer: coarse)').matches
    const alone = /MicroMessenger/.test(navigator.userAgent) && /Android/.test(navigator.userAgent)
    const photosOnly = !input.accept.includes('.pdf')
    const ways = touch ? [['camera', true], [photosOnly ? 'gallery' : 'files', false]] : [[photosOnly ? 'photos' : 'files', false]]
    const buttons = ways.map(([name, camera]) => {
      const button = x.make('button', { type: 'button', className: 'btn btn-outline-primary', textContent: x.say(name) })
      button.onclick = () => {
        // Before the camera takes the phone's memory, and the page with it.
        x.keepDraft(input.form)
        input.multiple = !camera && !alone
        camera ? input.setAttribute('capture', 'environment') : input.removeAttribute('capture')
        input.click()
      }
      return button
    })
    input.classList.add('visually-hidden')
    input.tabIndex = -1
    input.before(x.make('div', { className: 'x-phone-choose' }, ...buttons))
  }

  // Without a store the browser's own input stands again.
  function withdrawIn (form) {
    form.querySelectorAll('.x-phone-choose').forEach((one) => one.remove())
    form.querySelectorAll('input[type=file][data-held]').forEach((input) => {
      input.classList.remove('visually-hidden')
      input.tabIndex = 0
      input.multiple = true
      input.removeAttribute('capture')
    })
  }

  const offerIn = (form) => form.querySelectorAll('input[type=file][data-held]:not(.visually-hidden)').forEach(offer)

  const tooLarge = (name) => x.say('tooLarge', { name, most: Math.floor(Number(document.body.dataset.mostFile) / 1048576) })
  const fits = (bytes) => bytes.byteLength <= Number(document.body.dataset.mostFile)

  // Kept as they come from the camera, at once; made smaller afterwards, while one goes on.
  async function choose (form, input) {
    const state = x.stateOf(form)
    const chosen = [...input.files]
    // Read before anything else: a phone may withdraw a chosen file later.
    const read = chosen.map((file) => file.arrayBuffer())
    for (const [index, file] of chosen.entries()) {
      let bytes
      try { bytes = await read[index] } catch (error) { x.notice(form, x.say('unreadable', { name: file.name }), 'danger'); continue }
      const from = await x.sha256(bytes)
      if (state.files.some((each) => [each.from, each.sha].includes(from) && each.field === input.name)) continue
      // A name of its own until it is made smaller, so that no other form takes the same photo away.
      const one = { field: input.name, sha: x.fresh(), from, name: file.name, size: bytes.byteLength, raw: file.type || 'unknown' }
      const kept = await x.keepFile(one.sha, bytes).then(() => true, () => false)
      if (!kept || !fits(bytes)) {
        // A phone without room for the photo as it is may have some for a small one.
        const sent = await shrink(one, bytes).catch(() => null)
        if (sent === null) { x.notice(form, x.say('full'), 'warning'); return }
        if (!fits(sent)) { x.notice(form, tooLarge(file.name), 'danger'); continue }
      }
      state.files.push(one)
      showFile(form, input, one, null)
      background(form, one)
    }
    input.value = ''
    await x.keepDraft(form)
  }

  // The bytes of a file of this phone as they are sent, kept under their hash; the form has to be kept after it.
  async function shrink (one, bytes) {
    const small = await x.smaller(bytes, one.raw)
    const sent = small || bytes
    const sha = await x.sha256(sent)
    await x.keepFile(sha, sent)
    if (small) one.name = one.name.replace(/\.\w+$/, '') + '.jpg'
    Object.assign(one, { sha, size: sent.byteLength, raw: undefined })
    return sent
  }

  // Make the files small that an earlier page kept as they came.
  async function shrinkAll (one) {
    const gone = []
    for (const each of one.files.filter((file) => file.raw)) {
      const bytes = await x.file(each.sha)
      if (bytes === null) continue
      gone.push(each.sha)
      await shrink(each, bytes)
    }
    if (gone.length) await x.keep(one, gone)
  }

  // The picture of a file, where it is one and the phone still has it.
  function thumbnail (one, bytes) {
    if (bytes === null || !/\.(jpe?g|png|webp|gif)$/i.test(one.name)) return []
    const url = URL.createObjectURL(new Blob([bytes]))
    return [x.make('img', { src: url, alt: '', width: 64, height: 64, onload: () => URL.revokeObjectURL(url) })]
  }

  function showFile (form, input, one, bytes) {
    let list = input.parentElement.querySelector(':scope > .x-phone-files')
    if (!list) {
      list = x.make('ul', { className: 'x-phone-files' })
      input.after(list)
    }
    const told = x.make('small', {}, kilobytes(one))
    const away = x.make('button', { type: 'button', className: 'btn btn-outline-secondary btn-sm', textContent: x.say('remove') })
    const row = x.make('li', {}, x.make('span', { textContent: one.name }), told, away)
    one.show = (picture) => row.prepend(...thumbnail(one, picture))
    one.show(bytes)
    away.setAttribute('aria-label', `${x.say('remove')} ${one.name}`)
    away.onclick = () => {
      const state = x.stateOf(form)
      state.files = state.files.filter((each) => each !== one)
      state.typed = true
      if (one.raw) state.gone.push(one.sha)
      row.remove()
      needed(form, input)
      x.keepDraft(form)
    }
    one.tell = (text, bad) => { told.textContent = text; told.className = bad ? 'x-bad' : '' }
    list.append(row)
    needed(form, input)
  }

  // A required input is satisfied by what was chosen before.
  function needed (form, input) {
    input.dataset.required = input.dataset.required || String(input.required)
    const has = x.stateOf(form).files.some((each) => each.field === input.name)
    input.required = input.dataset.required === 'true' && !has
  }

  const kilobytes = (one) => `${Math.max(1, Math.round((one.size || 1024) / 1024))} KB`

  // Made smaller and uploaded while one types; the line may break, sending does the rest.
  function background (form, one) {
    const state = x.stateOf(form)
    state.waits = state.waits.then(async () => {
      if (!state.files.includes(one)) return
      const told = (part) => one.tell(`${kilobytes(one)} · ${Math.min(99, Math.round(part * 100))}%`)
      try {
        if (one.raw) await settle(form, one)
        const said = await x.upload(one, told)
        if (said) state.failed.set(one.sha, said)
        one.tell(said || `${kilobytes(one)} · ${x.say('arrived')}`, Boolean(said))
      } catch (error) {
        one.tell(`${kilobytes(one)} · ${x.say('onPhone')}`)
      }
    })
  }

  // From here on the form has the file as it is sent.
  async function settle (form, one) {
    const raw = one.sha
    const bytes = await x.file(raw)
    if (bytes === null) return
    one.show(await shrink(one, bytes))
    x.stateOf(form).gone.push(raw)
    await x.keepDraft(form)
  }

  Object.assign(x, { offerIn, withdrawIn, choose, showFile, thumbnail, background, shrinkAll })
})()
