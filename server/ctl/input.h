/*
 * input.h - secrets that a person types or a file holds: never arguments, never echoed.
 */
#ifndef SWITCHBACK_SERVER_CTL_INPUT_H
#define SWITCHBACK_SERVER_CTL_INPUT_H

#include "server/ctl/ctl.h"

/* The first line of the file, or of c->in when path is "-"; without blanks at its ends. */
MUST_USE
bool input_secret(struct ctl *c, const char *path, struct str *out, struct err *err);

/* A new password: asked twice without echo where c->in is a terminal, else the first line of it. */
MUST_USE
bool input_password(struct ctl *c, const char *whose, struct str *out, struct err *err);

#endif
