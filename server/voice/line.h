/*
 * line.h - WS /api/media/twilio: a call's media stream, from its upgrade to its end
 * (docs/calls.md).
 *
 * The upgrade is signed (twilio.md 7.3), the stream shows a token that is good once; then the
 * conversation with the store's agent is opened over a signed URL and told who calls. Whatever
 * fails on the way closes the stream, and Twilio goes on with our own voice (`stream-end`).
 */
#ifndef SWITCHBACK_SERVER_VOICE_LINE_H
#define SWITCHBACK_SERVER_VOICE_LINE_H

#include "server/net/socket.h"

/* For the route. */
extern const struct socket_kind line_stream;

#endif
