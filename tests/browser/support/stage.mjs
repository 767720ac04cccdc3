// The stage behind a test: mail servers and the program, kept by tests/src/stage.rs and asked over a loopback socket, one
// JSON line a question, one a line of answer.

import net from 'node:net'
import readline from 'node:readline'

/** Connects to the stage on that port of this machine. */
export async function connect(port) {
  const socket = net.connect(port, '127.0.0.1')
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return new Stage(socket)
}

class Stage {
  #socket
  #waiting = []
  #customers = 0

  constructor(socket) {
    this.#socket = socket
    readline.createInterface({ input: socket }).on('line', (line) => {
      const { resolve, reject, what } = this.#waiting.shift()
      const answer = JSON.parse(line)
      if ('fault' in answer) reject(new Error(`${what}: ${answer.fault}`))
      else resolve(answer.value)
    })
    socket.on('close', () => {
      for (const { reject } of this.#waiting) reject(new Error('the stage is gone'))
    })
  }

  ask(what, given = {}) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject, what })
      this.#socket.write(`${JSON.stringify({ do: what, ...given })}\n`)
    })
  }

  /**
   * Starts `karamail serve` for a shop of its own. `settings`: 'none' (nothing written yet) or 'ready' (one mailbox, its
   * password stored); then `general`, `guard`, `more` are further TOML lines, and
   * `user` 'touroku' is the one mailbox that several may have, one after another;
   * `interval` the seconds between two looks for mail; `pop3Port` and `password` what is wrong in them;
   * `deposit` old mails lie in the mailbox already. Answers with `link`, the one-time link, the
   * paths `config` and `data`, the mailbox's `address`, `user` and `password`, and the servers' ports.
   */
  async serve(given = {}) {
    return new Shop(this, await this.ask('serve', { settings: 'ready', language: 'ja', ...given }))
  }

  /** An address that no test has used yet. */
  customer(name = 'customer', domain = 'phone.example') {
    this.#customers += 1
    return `${name}${this.#customers}.${process.pid}@${domain}`
  }

  /** Ends every program. */
  endAll() {
    return this.ask('end-all')
  }

  close() {
    this.#socket.destroy()
  }
}

/** One running program with its mailbox. */
class Shop {
  #stage

  constructor(stage, answer) {
    this.#stage = stage
    Object.assign(this, answer)
    this.origin = new URL(this.link).origin
  }

  /** Sends a mail to the shop through Postfix, as a customer's phone does: without a subject where none is given. */
  async mail(from, { name, subject = '', headers = [], body = '', date = new Date() } = {}) {
    const address = from.includes('<') ? from.slice(from.indexOf('<') + 1, -1) : from
    const lines = [
      `From: ${name === undefined ? from : `${name} <${from}>`}`,
      `To: ${this.address}`,
      `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
      `Message-ID: <${Math.random().toString(36).slice(2)}.${Date.now()}@${address.split('@').pop()}>`,
      `Subject: ${subject}`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 8bit',
      ...headers,
      '',
      body,
    ]
    // In the mailbox when this is over, so that mails arrive in the order in which they were sent.
    await this.#stage.ask('mail', { from: address, to: this.address, text: `${lines.join('\r\n')}\r\n` })
  }

  /** Waits until `count` mails from the shop have arrived at that address; each with `subject` and `body`. */
  async received(address, count = 1) {
    return this.#stage.ask('received', { to: address, from: this.address, count })
  }

  /** What has arrived there by now, once Postfix has nothing more to do. */
  async receivedByNow(address) {
    return this.#stage.ask('received-by-now', { to: address, from: this.address })
  }

  /** How many mails the shop's mailbox holds. */
  async waiting() {
    return this.#stage.ask('waiting', { user: this.user })
  }

  /** Ends the program as a service manager does, and waits for its end. */
  async end() {
    return this.#stage.ask('end', { program: this.program })
  }

  /** Waits until it has ended by itself, well. */
  async ended() {
    return this.#stage.ask('ended', { program: this.program })
  }

  /** Starts it again on the same folder; its new link and origin are taken over. */
  async startAgain() {
    Object.assign(this, await this.#stage.ask('start-again', { program: this.program }))
    this.origin = new URL(this.link).origin
  }
}
