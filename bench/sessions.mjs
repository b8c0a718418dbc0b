// The sessions that everybody stores: a user, a cart, flags and a counter, as a shop would keep them.

const NAMES = ['Ada Lovelace', 'Zoë Müller', 'Søren Ødegård', 'Grace Hopper', 'Nguyễn Văn An', 'John Smith']
const GOODS = [
  'Espresso machine',
  'Walking boots',
  'Desk lamp',
  'Rain jacket',
  'Bicycle bell',
  'Crème brûlée torch',
]

export const SIZES = { '1KB': 1024, '20KB': 20 * 1024 }

/** The parameters of session number `n`: about `size` bytes as JSON. The same number gives the same session. */
export function makeSession(n, size) {
  const session = {
    user: {
      id: 100_000 + n,
      name: NAMES[n % NAMES.length],
      email: `customer.${n}@shop.example`,
      roles: n % 10 === 0 ? ['customer', 'editor'] : ['customer'],
      locale: n % 2 === 0 ? 'en-GB' : 'de-AT',
      signedInAt: 1_790_000_000 + n,
    },
    flags: { newsletter: n % 3 === 0, darkMode: n % 2 === 0, betaCheckout: false, consent: null },
    csrf: hex(n, 32),
    lastPage: `/goods/${hex(n + 1, 8)}?sort=price&page=${n % 20}`,
    visits: n,
    cart: { currency: 'EUR', voucher: null, items: [] },
  }
  let left = size - JSON.stringify(session).length
  for (let at = 0; left > 0; at++) {
    const item = makeItem(n + at)
    session.cart.items.push(item)
    left -= JSON.stringify(item).length + 1
  }
  return session
}

function makeItem(n) {
  return {
    sku: hex(n * 7, 10).toUpperCase(),
    title: GOODS[n % GOODS.length],
    quantity: 1 + (n % 3),
    price: (1990 + (n % 400) * 25) / 100,
    options: { colour: n % 2 === 0 ? 'green' : 'anthracite', size: null, giftWrap: n % 5 === 0 },
    addedAt: 1_790_000_000 + n * 60,
  }
}

function hex(n, length) {
  let digits = ''
  for (let state = n + 1; digits.length < length; ) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    digits += state.toString(16).padStart(8, '0')
  }
  return digits.slice(0, length)
}
