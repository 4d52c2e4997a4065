{
  const element = (id) => document.getElementById(id)
  const cookie = (name) => {
    const found = document.cookie.split('; ').find((each) => each.startsWith(`${name}=`))
    return found && decodeURIComponent(found.slice(name.length + 1))
  }

  // Only the local platform says which personas there are, and lets a page choose.
  const offered = cookie('personas')
  if (offered) {
    const { byDefault, personas } = JSON.parse(offered)
    const select = element('persona')
    for (const { userName, about } of personas) select.add(new Option(`${userName} (${about})`, userName))
    select.value = cookie('persona') ?? byDefault
    select.addEventListener('change', () => {
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API isn't there in every browser, nor without TLS
      document.cookie = `persona=${encodeURIComponent(select.value)}; Path=/; SameSite=Strict`
      for (const id of ['answer', 'cache-status', 'server-timing']) element(id).value = '–'
      element('answer').value = 'none yet as this persona'
    })
    element('persona-choice').hidden = false
  }

  // GraphiQL shows bodies only: what the headers say of an answer is shown here.
  const fetchAnswer = window.fetch
  window.fetch = async (...request) => {
    const began = performance.now()
    const answer = await fetchAnswer(...request)
    const ms = Math.round(performance.now() - began)
    element('answer').value =
      `${answer.status} in ${ms} ms, request ${answer.headers.get('x-request-id') ?? 'without id'}`
    element('cache-status').value = answer.headers.get('cache-status') ?? '–'
    element('server-timing').value = answer.headers.get('server-timing') ?? '–'
    return answer
  }
}
