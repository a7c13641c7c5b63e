/** What the page does when it is used: it finds operators and nodes. Without it all is there just the same. */

export const SCRIPT = `
const form = document.querySelector('form')
const [text, ill, told] = ['input[type=search]', 'input[type=checkbox]', 'output'].map((one) => form.querySelector(one))
const operators = new Map()
for (const element of document.querySelectorAll('[data-slot]')) {
  const { slot } = element.dataset
  const operator = operators.get(slot) ?? { elements: [], words: '', isIll: false }
  operator.elements.push(element)
  operator.words += element.textContent.toLowerCase()
  operator.isIll ||= 'ill' in element.dataset
  operators.set(slot, operator)
}
const find = () => {
  const wanted = text.value.trim().toLowerCase()
  let count = 0
  for (const { elements, words, isIll } of operators.values()) {
    const isShown = words.includes(wanted) && (isIll || !ill?.checked)
    for (const element of elements) element.hidden = !isShown
    if (isShown) count++
  }
  told.textContent = count + ' of ' + operators.size + ' operators'
}
let soon
form.addEventListener('input', () => {
  clearTimeout(soon)
  soon = setTimeout(find, 80)
})
form.addEventListener('submit', (event) => event.preventDefault())
form.hidden = false
const openSlot = () => {
  const slot = /^#slot-\\d+$/.test(location.hash) && document.querySelector(location.hash)
  if (!slot) return
  slot.hidden = false
  slot.open = true
  slot.querySelector('summary').focus()
}
addEventListener('hashchange', openSlot)
openSlot()
`
