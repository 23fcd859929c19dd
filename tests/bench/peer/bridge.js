// The usual bridge between a Twilio media stream and an ElevenLabs conversation, written straightforwardly on the ws package: what
// the service's own is measured against (tests/bench/calls.sh). PORT, ELEVENLABS_PORT.
'use strict';
const http = require('http');
const { WebSocket, WebSocketServer } = require('ws');

const server = http.createServer((request, response) => response.writeHead(404).end());
const streams = new WebSocketServer({ server, path: '/media', perMessageDeflate: false });

streams.on('connection', (twilio) => {
  let streamSid;
  let agent;

  twilio.on('message', (text) => {
    const message = JSON.parse(text);
    if (message.event === 'media') {
      if (agent && agent.readyState === WebSocket.OPEN) agent.send(JSON.stringify({ user_audio_chunk: message.media.payload }));
    } else if (message.event === 'start') {
      streamSid = message.start.streamSid;
      agent = new WebSocket(`ws://127.0.0.1:${process.env.ELEVENLABS_PORT}/v1/convai/conversation?agent_id=bench`, {
        perMessageDeflate: false,
      });
      agent.on('open', () => agent.send(JSON.stringify({ type: 'conversation_initiation_client_data' })));
      agent.on('message', (said) => {
        const event = JSON.parse(said);
        if (event.type === 'audio') {
          twilio.send(JSON.stringify({ event: 'media', streamSid, media: { payload: event.audio_event.audio_base_64 } }));
        } else if (event.type === 'interruption') {
          twilio.send(JSON.stringify({ event: 'clear', streamSid }));
        } else if (event.type === 'ping') {
          agent.send(JSON.stringify({ type: 'pong', event_id: event.ping_event.event_id }));
        }
      });
      agent.on('close', () => twilio.close());
      agent.on('error', () => twilio.close());
    } else if (message.event === 'stop' && agent) {
      agent.close();
    }
  });
  twilio.on('close', () => agent && agent.close());
  twilio.on('error', () => {});
});

server.listen(Number(process.env.PORT), '127.0.0.1', 4096);
