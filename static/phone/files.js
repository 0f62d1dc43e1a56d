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

  const offerIn = (form) => form.querySelectorAll('input[type=file][data-held]:not(.visually-hidden)').forEach(offer)

  async function choose (form, input) {
    const state = x.stateOf(form)
    const chosen = [...input.files]
    // Read before anything else: a phone may withdraw a chosen file later.
    const read = chosen.map((file) => file.arrayBuffer())
    const most = Number(document.body.dataset.mostFile)
    for (const [index, file] of chosen.entries()) {
      let bytes
      try { bytes = await read[index] } catch (error) { x.notice(form, x.say('unreadable', { name: file.name }), 'danger'); continue }
      const small = await x.smaller(bytes, file.type)
      const name = small ? file.name.replace(/\.\w+$/, '') + '.jpg' : file.name
      bytes = small || bytes
      if (bytes.byteLength > most) { x.notice(form, x.say('tooLarge', { name: file.name, most: Math.floor(most / 1048576) }), 'danger'); continue }
      const one = { field: input.name, sha: await x.sha256(bytes), name, size: bytes.byteLength }
      if (state.files.some((each) => each.sha === one.sha && each.field === one.field)) continue
      try { await x.keepFile(one.sha, bytes) } catch (error) { x.notice(form, x.say('full'), 'warning'); return }
      state.files.push(one)
      showFile(form, input, one, bytes)
      background(form, one)
    }
    input.value = ''
    await x.keepDraft(form)
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
    const told = x.make('small', {}, `${Math.max(1, Math.round(bytes.byteLength / 1024))} KB`)
    const away = x.make('button', { type: 'button', className: 'btn btn-outline-secondary btn-sm', textContent: x.say('remove') })
    const row = x.make('li', {}, x.make('span', { textContent: one.name }), told, away)
    row.prepend(...thumbnail(one, bytes))
    away.setAttribute('aria-label', `${x.say('remove')} ${one.name}`)
    away.onclick = () => {
      const state = x.stateOf(form)
      state.files = state.files.filter((each) => each !== one)
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

  // Uploaded while one types; the line may break, sending does the rest.
  function background (form, one) {
    const state = x.stateOf(form)
    state.waits = state.waits.then(async () => {
      if (!state.files.includes(one)) return
      const size = `${Math.max(1, Math.round((one.size || 1024) / 1024))} KB`
      const told = (part) => one.tell && one.tell(`${size} · ${Math.min(99, Math.round(part * 100))}%`)
      try {
        const said = await x.upload(one, told)
        if (said) state.failed.set(one.sha, said)
        if (one.tell) one.tell(said || `${size} · ${x.say('arrived')}`, Boolean(said))
      } catch (error) {
        if (one.tell) one.tell(`${size} · ${x.say('onPhone')}`)
      }
    })
  }

  Object.assign(x, { offerIn, choose, showFile, thumbnail, background })
})()
