/** Where a network's ports come from: a hundred in a row that nobody has any of. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, expect, it, vi } from 'vitest'
import { freePorts } from '../../../src/devnet/stand-in/free-ports.js'

const HOST = '127.0.0.1'
/** The place where it begins to look. */
const begin = (place: number) => vi.spyOn(Math, 'random').mockReturnValue(place)
afterEach(() => vi.restoreAllMocks())

it('are in a row, from a hundred on', async () => {
  const ports = await freePorts(45)
  const [first = 0] = ports
  expect(first % 100).toBe(0)
  expect(ports).toEqual(Array.from({ length: 45 }, (_, index) => first + index))
})

it.each(['udp', 'tcp'])('are no neighbours of one that is taken over %s', async (how) => {
  begin(0.5)
  const [first = 0] = await freePorts(1)
  const last = first + 99
  if (how === 'udp') {
    const socket = createSocket('udp4')
    await once(socket.bind(last, HOST), 'listening')
    expect((await freePorts(1))[0]).toBeGreaterThan(last)
    socket.close()
  } else {
    const server = createServer().listen(last, HOST)
    await once(server, 'listening')
    expect((await freePorts(1))[0]).toBeGreaterThan(last)
    server.close()
  }
})

it('are found behind the last place, at the first', async () => {
  begin(0.999_999)
  const [last = 0] = await freePorts(1)
  const server = createServer().listen(last, HOST)
  await once(server, 'listening')
  expect((await freePorts(1))[0]).toBeLessThan(last)
  server.close()
})

it('are refused where so many are never free', async () => {
  await expect(freePorts(20_001)).rejects.toMatchObject({
    code: 'PORT_INVALID',
    hint: expect.stringContaining('--chain-only'),
  })
})
