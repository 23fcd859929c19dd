// The inbound text as most would write it on Express, pg and the twilio package: verify, then one transaction of
// single statements against the same schema, then 200. For comparison in `make bench`; no part of the product.
'use strict';
const express = require('express');
const twilio = require('twilio');
const { Pool } = require('pg');

const port = Number(process.env.PORT);
const token = process.env.TWILIO_AUTH_TOKEN;
const url = process.env.PUBLIC_URL || `http://127.0.0.1:${port}`;
const pool = new Pool({ connectionString: process.env.APP_DATABASE_URL, max: 10 });
const app = express();

const statements = {
  organization: 'SELECT organization_by_number($1) AS id',
  context: "SELECT set_config('app.current_organization_id', $1, true)",
  customer: `INSERT INTO customers (organization_id, phone_number) VALUES ($1, $2)
    ON CONFLICT (organization_id, phone_number) DO UPDATE SET updated_at = now() RETURNING id`,
  conversation: `INSERT INTO conversations (organization_id, customer_id, channel, peer, store_number, last_position)
    VALUES ($1, $2, 'sms', $3, $4, 1)
    ON CONFLICT (organization_id, channel, store_number, peer) WHERE state = 'open'
    DO UPDATE SET last_position = conversations.last_position + 1, last_message_at = now()
    RETURNING id, last_position`,
  message: `INSERT INTO messages (organization_id, conversation_id, position, direction, author, channel, kind, body,
      twilio_message_sid, status, media_n)
    VALUES ($1, $2, $3, 'in', 'customer', 'sms', 'text', $4, $5, 'received', 0)
    ON CONFLICT (organization_id, twilio_message_sid) DO NOTHING RETURNING id`,
  number: `UPDATE organization_counters SET last_event = last_event + 1 WHERE organization_id = $1 RETURNING last_event`,
  event: `INSERT INTO events (organization_id, seq, type, conversation_id, customer_id, payload)
    VALUES ($1, $2, 'message.received', $3, $4, $5)`,
};
const ask = (client, name, values) => client.query({ name, text: statements[name], values });

async function keep(organization, { From, To, Body, MessageSid }) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await ask(client, 'context', [organization]);
    const customer = (await ask(client, 'customer', [organization, From])).rows[0].id;
    const thread = (await ask(client, 'conversation', [organization, customer, From, To])).rows[0];
    const kept = await ask(client, 'message', [organization, thread.id, thread.last_position, Body, MessageSid]);
    if (kept.rows.length > 0) {
      const number = (await ask(client, 'number', [organization])).rows[0].last_event;
      const payload = { message_id: kept.rows[0].id, conversation_id: thread.id, from: From, to: To, body: Body };
      await ask(client, 'event', [organization, number, thread.id, customer, payload]);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

app.disable('x-powered-by');
app.use(express.urlencoded({ extended: false }));
app.post('/api/webhooks/twilio/sms', async (request, response) => {
  try {
    const signature = request.get('X-Twilio-Signature') || '';
    if (!twilio.validateRequest(token, signature, url + request.originalUrl, request.body)) {
      response.status(403).end();
      return;
    }
    const found = await pool.query({ name: 'organization', text: statements.organization, values: [request.body.To] });
    if (found.rows[0].id) await keep(found.rows[0].id, request.body);
    response.type('text/xml').send('<Response></Response>');
  } catch (error) {
    console.error(error.message);
    response.status(500).end();
  }
});
app.listen(port, '127.0.0.1', 4096, () => console.log(`listening on ${port}`));
