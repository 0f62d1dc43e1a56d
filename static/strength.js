// How strong a new password is, shown while it is typed.  The server decides; without this script only the sentence shows.
const strength = document.getElementById('strength')
const typed = document.getElementById('new')

function grade(text, least) {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(text)).length
  const different = new Set(text).size
  if (text.length < least) return 0
  if (different < 6 || /^\d+$/.test(text)) return 1
  return text.length + 2 * kinds >= least + 8 ? 3 : 2
}

if (strength && typed) {
  const words = strength.dataset.words.split('|')
  typed.addEventListener('input', () => {
    const text = typed.value.normalize('NFKC')
    const found = grade(text, Number(strength.dataset.least))
    strength.hidden = text === ''
    strength.querySelector('meter').value = found
    strength.querySelector('span').textContent = words[found]
  })
}
