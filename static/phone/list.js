// The page “On this phone”: each form that is kept, its state and why, to be opened, deleted or sent.
(() => {
  const x = self.xiaohao
  const list = document.getElementById('phone-list')
  const button = document.getElementById('phone-send')

  function row (one) {
    const item = document.createElement('li')
    const link = document.createElement('a')
    const told = document.createElement('small')
    const away = document.createElement('button')
    const at = new Date(one.made).toLocaleString(document.documentElement.lang, { dateStyle: 'short', timeStyle: 'short' })
    link.href = one.page
    link.textContent = one.title
    told.textContent = [list.dataset[one.state], at, one.files.length && one.files.map((each) => each.name).join(', '), one.why]
      .filter(Boolean).join(' · ')
    Object.assign(away, { type: 'button', className: 'btn btn-outline-danger btn-sm', textContent: list.dataset.delete })
    away.onclick = async () => {
      if (away.textContent !== list.dataset.sure) { away.textContent = list.dataset.sure; return }
      await x.forget(one.id)
      item.remove()
    }
    item.append(link, document.createElement('br'), told, ' ', away)
    return item
  }

  document.addEventListener('phone-changed', (event) => {
    list.replaceChildren(...event.detail.map(row))
    if (!event.detail.length) {
      list.append(Object.assign(document.createElement('li'), { textContent: JSON.parse(document.body.dataset.words).empty }))
    }
    button.hidden = !event.detail.some((one) => one.state === 'waiting')
  })
  button.onclick = () => self.dispatchEvent(new Event('online'))
})()
