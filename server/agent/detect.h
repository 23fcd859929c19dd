/*
 * detect.h - which language is a text in? One function, so that what is behind it can be replaced.
 */
#ifndef SWITCHBACK_SERVER_AGENT_DETECT_H
#define SWITCHBACK_SERVER_AGENT_DETECT_H

#include "shared/arena.h"
#include "shared/language.h"

/* English, French, or unknown when the text leans to neither: "ok", "700x28", a name, an address.
 */
enum language language_detect(struct arena *a, struct str text);

#endif
