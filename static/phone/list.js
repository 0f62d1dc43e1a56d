// The list “On this phone”: each form that is kept, its state and why, to be opened, deleted or sent.
(() => {
  const x = self.xiaohao

  function row (one, words) {
    const at = new Date(one.made).toLocaleString(document.documentElement.lang, { dateStyle: 'short', timeStyle: 'short' })
    const names = one.files.map((each) => each.name).join(', ')
    const told = [words[one.state], at, names, one.why, ...(one.state === 'refused' ? one.words : [])]
    const item = x.make('li', {}, x.make('a', { href: one.page, textContent: one.title }), x.make('br'),
      x.make('small', { textContent: told.filter(Boolean).join(' · ') }), ' ')
    if (one.state === 'refused') {
      // Sent again as it is: what the server answers is shown with the words and photos, beside what holds now.
      const again = x.make('button', { type: 'button', className: 'btn btn-outline-primary btn-sm', textContent: words.again })
      again.onclick = () => x.sendAgain(one).catch(() => x.status())
      item.append(again, ' ')
    }
    const away = x.make('button', { type: 'button', className: 'btn btn-outline-danger btn-sm', textContent: words.delete })
    away.onclick = async () => {
      if (away.textContent !== words.sure) { away.textContent = words.sure; return }
      await x.forget(one.id)
      item.remove()
    }
    item.append(away)
    return item
  }

  document.addEventListener('phone-changed', (event) => {
    const list = document.getElementById('phone-list')
    if (!list) return
    // Only Apple's phones know this word; false is a page of Safari that is not on the home screen.
    document.getElementById('phone-home').hidden = navigator.standalone !== false
    const button = document.getElementById('phone-send')
    list.replaceChildren(...event.detail.map((one) => row(one, list.dataset)))
    if (!event.detail.length) list.append(x.make('li', { textContent: x.say('empty') }))
    button.hidden = !event.detail.some((one) => one.state === 'waiting')
    button.onclick = () => self.dispatchEvent(new Event('online'))
  })
})()
