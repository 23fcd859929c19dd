/*
 * curl_loop.h - libcurl's multi interface on our loop: sockets and its one timer. For http.c only.
 */
#ifndef SWITCHBACK_SERVER_NET_CURL_LOOP_H
#define SWITCHBACK_SERVER_NET_CURL_LOOP_H

#include <curl/curl.h>

#include "server/core/loop.h"

struct curl_loop;

/* done(with, easy, result) is called for each transfer that ended, outside of libcurl's own calls;
 * the easy handle is out of the multi handle by then. */
struct curl_loop *curl_loop_open(struct loop *l,
				 void (*done)(void *with, CURL *easy, CURLcode result), void *with);
CURLM *curl_loop_multi(struct curl_loop *cl);
/* All easy handles must be out of the multi handle. Frees when the loop has closed the handles. */
void curl_loop_close(struct curl_loop *cl);

#endif
