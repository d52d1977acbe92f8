'use strict'
// The peer: what a Node team would put before the same database. Tokens by @fastify/jwt (HS256 and RS256, verified ones remembered),
// bodies by JSON schema, one prepared statement a request. PEER is its configuration as JSON: {port, workers, pool, host, database, secret, publicKey}.
const cluster = require('node:cluster')
const crypto = require('node:crypto')
const { Pool } = require('pg')
const fastify = require('fastify')
const jwt = require('@fastify/jwt')

const settings = JSON.parse(process.env.PEER)
const TOKEN = { allowedAud: 'gongji', clockTolerance: 30, cache: 10000 }
const BODY = {
  type: 'object',
  required: ['insured_id', 'benefit_year'],
  additionalProperties: false,
  properties: {
    insured_id: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,32}$' },
    benefit_year: { type: 'integer', minimum: 1900, maximum: 2999 },
    product: { type: 'string', maxLength: 40 },
    expected_fen: { type: 'integer', minimum: 0 },
    insured_name: { type: 'string', minLength: 1, maxLength: 50 },
    client_reference: { type: 'string', minLength: 1, maxLength: 64 },
    cash_channel: { enum: ['wechatpay', 'alipay', 'counter'] }
  }
}
const KEYED = { type: 'object', required: ['idempotency-key'], properties: { 'idempotency-key': { type: 'string', minLength: 1, maxLength: 255 } } }

const ROW = 'SELECT o.code, o.codes, o.result::text AS result, o.replayed FROM '
const PAY = ROW + 'bench.pay_single($1::jsonb, $2::uuid, NULL, $3::uuid, $4, $5, $6, $7, false, NULL, $8, $9) AS o'
const QUOTE = ROW + 'bench.quote_single($1::jsonb, $2::uuid, $3, $4, $5, false) AS o'
const BALANCE = ROW + 'bench.balance_single($1::jsonb) AS o'

const sha256 = (text) => crypto.createHash('sha256').update(text).digest('hex').slice(0, 32)

function uuid7 () {
  const random = crypto.randomUUID()
  const time = Date.now().toString(16).padStart(12, '0')
  return time.slice(0, 8) + '-' + time.slice(8) + '-7' + random.slice(15)
}

function context (request, scope, more) {
  const { sub, client_id: client } = request.user
  return JSON.stringify({ issuer: request.kid, client_id: client, sub, channel: 'web_hall', scope, kind: 'citizen', request_id: uuid7(), id_sighted: false, areas: [], ...more })
}

function claimed (request, scope) {
  const { iss, sub, client_id: client } = request.user
  const key = request.headers['idempotency-key']
  const members = Object.entries(request.body).map(([name, value]) => `/${name}\t${sha256(key + value)}`)
  return context(request, scope, { key: sha256(`${iss}\n${client}\n${sub}\n${key}`), request: `POST ${request.url}\nact\t\n${members.join('\n')}` })
}

function answer (reply, { rows: [row] }) {
  if (row.code === 'OK' || row.code === 'CREATED') {
    return reply.code(row.code === 'OK' ? 200 : 201).type('application/json').send(row.result)
  }
  return reply.code(422).type('application/problem+json').send({ code: row.code, errors: row.codes.map((code) => ({ code })) })
}

function permit (scope) {
  return async (request) => {
    const [head] = (request.headers.authorization || '').slice(7).split('.', 1)
    request.kid = JSON.parse(Buffer.from(head, 'base64url')).kid
    await (request.kid === 'rs' ? request.rsJwtVerify() : request.hsJwtVerify())
    if (!request.user.scope.split(' ').includes(scope)) throw Object.assign(new Error('scope'), { statusCode: 403 })
  }
}

async function serve () {
  const app = fastify({ logger: false })
  const pool = new Pool({ host: settings.host, database: settings.database, user: 'gongji_app', max: settings.pool })
  app.decorateRequest('kid', '')
  app.register(jwt, { namespace: 'hs', secret: settings.secret, verify: { ...TOKEN, algorithms: ['HS256'] } })
  app.register(jwt, { namespace: 'rs', secret: { public: settings.publicKey }, verify: { ...TOKEN, algorithms: ['RS256'] } })
  app.get('/readyz', async () => (await pool.query('SELECT 1')).rows)
  app.post('/v1/premium-payments', { schema: { body: BODY, headers: KEYED }, onRequest: permit('premium') }, async (request, reply) => {
    const { insured_id: insured, benefit_year: year, product = 'resident_basic', expected_fen: expected, client_reference: reference, cash_channel: cash } = request.body
    return answer(reply, await pool.query({ name: 'pay', text: PAY, values: [claimed(request, 'premium'), uuid7(), uuid7(), insured, year, product, expected, reference, cash] }))
  })
  app.post('/v1/quotes', { schema: { body: BODY }, onRequest: permit('premium') }, async (request, reply) => {
    const { insured_id: insured, benefit_year: year, product = 'resident_basic' } = request.body
    return answer(reply, await pool.query({ name: 'quote', text: QUOTE, values: [context(request, 'premium'), uuid7(), insured, year, product] }))
  })
  app.get('/v1/accounts/me', { onRequest: permit('account') }, async (request, reply) =>
    answer(reply, await pool.query({ name: 'balance', text: BALANCE, values: [context(request, 'account')] })))
  await app.listen({ host: '127.0.0.1', port: settings.port })
}

if (cluster.isPrimary && settings.workers > 1) {
  for (let i = 0; i < settings.workers; i++) cluster.fork()
  cluster.on('exit', () => process.exit(1))
  process.on('SIGTERM', () => process.exit(0)) // its workers end when the channel to it does
} else {
  process.on('disconnect', () => process.exit(0))
  process.on('SIGTERM', () => process.exit(0))
  serve()
}
