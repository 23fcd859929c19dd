/*
 * framing.c - what is a request and where it ends: each case is sent whole and byte by byte,
 * followed by another request on the same connection. If anybody could read the first differently
 * than we do, the second is what he would smuggle; so after a refusal it must not be answered.
 */
#include <criterion/criterion.h>
#include <unistd.h>

#include "tests/support/net_peer.h"

#define CANARY        "GET /canary HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
#define H             "Host: a\r\n"
#define CHUNKED(body) "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" body

struct app {
	int none;
};

static void echo(struct app *app, const struct web_request *r, struct ticket t)
{
	(void)app;
	web_reply(t, 200, "text/plain", r->body);
}

static void header(struct app *app, const struct web_request *r, struct ticket t)
{
	(void)app;
	web_reply(t, 200, "text/plain", web_header(r, "x"));
}

static const struct route routes[] = {
	{WEB_POST, "/echo", echo, 0, NULL, NULL, NULL},
	{WEB_GET, "/", echo, 0, NULL, NULL, NULL},
	{WEB_GET, "/x", header, 0, NULL, NULL, NULL},
	{WEB_GET, "/canary", echo, 0, NULL, NULL, NULL},
	{WEB_PUT, "/things/{id}", echo, 0, NULL, NULL, NULL},
	{0, NULL, NULL, 0, NULL, NULL, NULL},
};

/* expect: the statuses in order; "end" at the end: the server closes and what follows is not
 * answered. Without "end" the connection goes on, and the request that follows is answered with
 * 200. */
struct framing_case {
	struct str bytes;
	const char *expect;
	const char *body; /* what the last answer ends with; NULL: not looked at */
	const char *why;
};
#define CASE(bytes, expect, body, why)            \
	{                                         \
		STR_LIT(bytes), expect, body, why \
	}

static const struct framing_case cases[] = {
	/* clang-format off */
	/* ---- Content-Length ---- */
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nhello", "200", "hello", "plain"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n", "200", "", "no body"),
	CASE("POST /echo HTTP/1.1\r\n" H "\r\n", "200", "", "neither length nor coding: no body"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: 005\r\n\r\nhello", "200", "hello",
	     "leading zeros are digits"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length:\t 5  \r\n\r\nhello", "200", "hello",
	     "blanks around a value"),
	CASE("GET / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc", "200", "abc", "a GET may have one"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
	     "400 end", NULL, "two lengths that differ"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
	     "400 end", NULL, "two lengths, though alike"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: 5\r\ncontent-length: 6\r\n\r\nhello!",
	     "400 end", NULL, "two in different letters"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: 5, 5\r\n\r\nhello", "400 end", NULL, "a list"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: 5,6\r\n\r\nhello", "400 end", NULL, "a list"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: +5\r\n\r\nhello", "400 end", NULL, "a sign"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: -5\r\n\r\nhello", "400 end", NULL, "negative"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: 0x5\r\n\r\nhello", "400 end", NULL, "hex"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: 5 0\r\n\r\nhello", "400 end", NULL, "two words"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: 5e0\r\n\r\nhello", "400 end", NULL, "a power"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: 5.0\r\n\r\nhello", "400 end", NULL, "a fraction"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: \"5\"\r\n\r\nhello", "400 end", NULL, "quoted"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: five\r\n\r\nhello", "400 end", NULL, "a word"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length:\r\n\r\nhello", "400 end", NULL, "empty"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: ,5\r\n\r\nhello", "400 end", NULL, "empty, list"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: 5;q=1\r\n\r\nhello", "400 end", NULL,
	     "a parameter"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: \x0b" "5\r\n\r\nhello", "400 end", NULL,
	     "a vertical tab is no blank"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: 18446744073709551621\r\n\r\nhello", "400 end",
	     NULL, "2^64 + 5 overflows"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: 9223372036854775807\r\n\r\nhello", "413 end",
	     NULL, "a number, but larger than any body we take"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: 65537\r\n\r\n", "413 end", NULL,
	     "one byte too many is refused before it comes"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length : 5\r\n\r\nhello", "400 end", NULL,
	     "a blank before the colon"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content_Length: 5\r\n\r\n", "200", "",
	     "an underscore makes another header, which means nothing here"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length\x00: 5\r\n\r\nhello", "400 end", NULL,
	     "NUL in a name"),
	CASE("POST /echo HTTP/1.1\r\n" H "X-Content-Length: 9\r\nContent-Length: 2\r\n\r\nhi", "200", "hi",
	     "a name that only ends alike"),
	/* ---- Transfer-Encoding ---- */
	CASE(CHUNKED("5\r\nhello\r\n0\r\n\r\n"), "200", "hello", "one chunk"),
	CASE(CHUNKED("2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"), "200", "hello", "two chunks"),
	CASE(CHUNKED("0\r\n\r\n"), "200", "", "no chunk"),
	CASE("POST /echo HTTP/1.1\r\n" H "tRANSFER-eNCODING: CHUNKED\r\n\r\n1\r\nx\r\n0\r\n\r\n", "200",
	     "x", "letters alike in both cases"),
	CASE("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: \tchunked \r\n\r\n1\r\nx\r\n0\r\n\r\n", "200",
	     "x", "blanks around the value"),
	CASE("POST /echo HTTP/1.1\r\n" H
	     "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	     "400 end", NULL, "length and coding"),
	CASE("POST /echo HTTP/1.1\r\n" H
	     "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
	     "400 end", NULL, "coding and length"),
	CASE("POST /echo HTTP/1.1\r\n" H
	     "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
	     "400 end", NULL, "coding and a length of nothing"),
	CASE("POST /echo HTTP/1.1\r\n" H
	     "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	     "501 end", NULL, "the coding twice"),
	CASE("POST /echo HTTP/1.1\r\n" H
	     "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	     "400 end", NULL, "two codings in two headers"),
	CASE("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", "501 end",
	     NULL, "chunked twice"),
	CASE("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501 end",
	     NULL, "a coding that we do not know"),
	CASE("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", "501 end",
	     NULL, "chunked is not the last"),
	CASE("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: gzip\r\n\r\nhello", "501 end", NULL,
	     "no end that could be found"),
	CASE("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\n\r\n", "501 end", NULL,
	     "identity is no coding any more"),
	CASE("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "501 end", NULL,
	     "ends alike"),
	CASE("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: chunkedx\r\n\r\n0\r\n\r\n", "501 end", NULL,
	     "begins alike"),
	CASE("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", "501 end", NULL,
	     "quoted"),
	CASE("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n", "501 end", NULL,
	     "a parameter"),
	CASE("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n", "501 end", NULL,
	     "an empty first coding"),
	CASE("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n", "501 end", NULL,
	     "an empty last coding"),
	CASE("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding:\r\n\r\n", "501 end", NULL, "empty"),
	CASE("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: \x0b" "chunked\r\n\r\n0\r\n\r\n", "400 end",
	     NULL, "a vertical tab is no blank"),
	CASE("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "400 end", NULL,
	     "a blank before the colon"),
	CASE("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n", "400 end", NULL,
	     "a tab before the colon"),
	CASE("POST /echo HTTP/1.1\r\n" H "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", "400 end", NULL,
	     "folded"),
	CASE("POST /echo HTTP/1.1\r\n" H "X: a\r\n Transfer-Encoding: chunked\r\n\r\n", "400 end", NULL,
	     "hidden in a folded line"),
	CASE("POST /echo HTTP/1.1\r\n" H "X: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400 end",
	     NULL, "hidden behind a bare LF"),
	CASE("POST /echo HTTP/1.1\r\n" H "X: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400 end",
	     NULL, "hidden behind a bare CR"),
	CASE("POST /echo HTTP/1.1\r\n" H "Transfer_Encoding: chunked\r\n\r\n", "200", "",
	     "an underscore makes another header, which means nothing here"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Encoding: chunked\r\n\r\n", "200", "", "another header"),
	CASE("POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400 end", NULL,
	     "HTTP/1.0 knows no codings"),
	/* ---- chunks ---- */
	CASE(CHUNKED("5;a\r\nhello\r\n0\r\n\r\n"), "200", "hello", "an extension"),
	CASE(CHUNKED("5;a=b;c=\"d;e\\\"\"\r\nhello\r\n0;z\r\n\r\n"), "200", "hello", "several, quoted"),
	CASE(CHUNKED("05\r\nhello\r\n000\r\n\r\n"), "200", "hello", "leading zeros are digits"),
	CASE(CHUNKED("5\r\nhello\r\n0\r\nX: y\r\nVary: *\r\n\r\n"), "200", "hello", "trailers are dropped"),
	CASE(CHUNKED("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"), "200", "01234567890123456789",
	     "hex in both cases"),
	CASE(CHUNKED("5\r\nhelloX\r\n0\r\n\r\n"), "400 end", NULL, "data longer than its chunk"),
	CASE(CHUNKED("5\r\nhello0\r\n\r\n"), "400 end", NULL, "a chunk that CR LF does not end"),
	CASE(CHUNKED("5\r\nhello\n0\r\n\r\n"), "400 end", NULL, "ended by a bare LF"),
	CASE(CHUNKED("5\r\nhello\rX0\r\n\r\n"), "400 end", NULL, "ended by a bare CR"),
	CASE(CHUNKED("5\nhello\r\n0\r\n\r\n"), "400 end", NULL, "a size ended by a bare LF"),
	CASE(CHUNKED("5\rhello\r\n0\r\n\r\n"), "400 end", NULL, "a size ended by a bare CR"),
	CASE(CHUNKED("5\r\r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "two CR"),
	CASE(CHUNKED("0x5\r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "a hex prefix"),
	CASE(CHUNKED("-5\r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "negative"),
	CASE(CHUNKED("+5\r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "a sign"),
	CASE(CHUNKED(" 5\r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "a blank before the size"),
	CASE(CHUNKED("5 \r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "a blank behind the size"),
	CASE(CHUNKED("5 ;a\r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "a blank before the extension"),
	CASE(CHUNKED("5\t\r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "a tab behind the size"),
	CASE(CHUNKED("5,5\r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "two sizes"),
	CASE(CHUNKED("g\r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "no hex digit"),
	CASE(CHUNKED("\r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "no size"),
	CASE(CHUNKED(";a\r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "only an extension"),
	CASE(CHUNKED("5;\r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "an extension without a name"),
	CASE(CHUNKED("5;a=\r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "an extension without its value"),
	CASE(CHUNKED("5;a=\"b\r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "a quote that is not closed"),
	CASE(CHUNKED("5;a\x00\r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "NUL in an extension"),
	CASE(CHUNKED("5;a\nb\r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "a bare LF in an extension"),
	CASE(CHUNKED("10000000000000005\r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "2^64 + 5 overflows"),
	CASE(CHUNKED("ffffffffffffffff\r\nhello\r\n0\r\n\r\n"), "400 end", NULL, "-1 in 64 bits"),
	CASE(CHUNKED("fffffff\r\nhello\r\n0\r\n\r\n"), "413 end", NULL, "larger than any body we take"),
	CASE(CHUNKED("5\r\nhello\r\n10001\r\n"), "413 end", NULL, "too large with what is there"),
	CASE(CHUNKED("5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n"), "400 end", NULL,
	     "a trailer that would change the length"),
	CASE(CHUNKED("5\r\nhello\r\n0\r\nTransfer-Encoding: x\r\n\r\n"), "400 end", NULL,
	     "a trailer that would change the coding"),
	CASE(CHUNKED("5\r\nhello\r\n0\r\nHost: b\r\n\r\n"), "400 end", NULL, "a trailer that is a Host"),
	CASE(CHUNKED("5\r\nhello\r\n0\r\nX : y\r\n\r\n"), "400 end", NULL, "a blank in a trailer's name"),
	CASE(CHUNKED("5\r\nhello\r\n0\r\n X: y\r\n\r\n"), "400 end", NULL, "a folded trailer"),
	CASE(CHUNKED("5\r\nhello\r\n0\r\nX: y\n\r\n"), "400 end", NULL, "a trailer ended by a bare LF"),
	CASE(CHUNKED("5\r\nhello\r\n0\r\n\n"), "400 end", NULL, "the end is a bare LF"),
	CASE(CHUNKED("5\r\nhello\r\n0\r\nGET /canary HTTP/1.1\r\n\r\n"), "400 end", NULL,
	     "a request where a trailer should be"),
	/* ---- the request line ---- */
	CASE("GET / HTTP/1.1\r\n" H "\r\n", "200", "", "plain"),
	CASE("\r\nGET / HTTP/1.1\r\n" H "\r\n", "200", "", "an empty line before it"),
	CASE("\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n", "200", "", "two empty lines before it"),
	CASE("\r\n\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "too many of them"),
	CASE("\nGET / HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "an empty line that is a bare LF"),
	CASE(" \r\nGET / HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "a line of blanks before it"),
	CASE(" GET / HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "a blank before the method"),
	CASE("GET  / HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "two blanks behind the method"),
	CASE("GET /  HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "two blanks behind the target"),
	CASE("GET\t/ HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "a tab behind the method"),
	CASE("GET /\tHTTP/1.1\r\n" H "\r\n", "400 end", NULL, "a tab behind the target"),
	CASE("GET / HTTP/1.1 \r\n" H "\r\n", "400 end", NULL, "a blank behind the version"),
	CASE("GET / HTTP/1.1\t\r\n" H "\r\n", "400 end", NULL, "a tab behind the version"),
	CASE("GET / x HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "four words"),
	CASE("GET\r\n" H "\r\n", "400 end", NULL, "only a method"),
	CASE("GET /\r\n\r\n", "end", NULL, "HTTP/0.9"),
	CASE("GET / HTTP/1.1\n" H "\r\n", "400 end", NULL, "ended by a bare LF"),
	CASE("GET / HTTP/1.1\rHost: a\r\n\r\n", "400 end", NULL, "ended by a bare CR"),
	CASE("GET / HTTP/1.1\r\r\n" H "\r\n", "400 end", NULL, "two CR"),
	CASE("GET / HTTP/1.2\r\n" H "\r\n", "505 end", NULL, "a version that we do not speak"),
	CASE("GET / HTTP/0.9\r\n" H "\r\n", "505 end", NULL, "nor this"),
	CASE("GET / HTTP/2.0\r\n" H "\r\n", "505 end", NULL, "nor this"),
	CASE("GET / HTTP/3.0\r\n" H "\r\n", "505 end", NULL, "nor this"),
	CASE("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 end", NULL, "HTTP/2 without a word before"),
	CASE("GET / HTTP/11\r\n" H "\r\n", "400 end", NULL, "no dot"),
	CASE("GET / HTTP/1.10\r\n" H "\r\n", "400 end", NULL, "three digits"),
	CASE("GET / HTTP/01.1\r\n" H "\r\n", "400 end", NULL, "three digits"),
	CASE("GET / HTTP/1,1\r\n" H "\r\n", "400 end", NULL, "a comma"),
	CASE("GET / HTTP/1.\r\n" H "\r\n", "400 end", NULL, "a digit is missing"),
	CASE("GET / http/1.1\r\n" H "\r\n", "end", NULL, "small letters are another protocol"),
	CASE("GET / ICE/1.0\r\n" H "\r\n", "end", NULL, "another protocol"),
	CASE("OPTIONS / RTSP/1.0\r\n" H "\r\n", "end", NULL, "another protocol"),
	CASE("G@T / HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "a method that is no word"),
	CASE("GE\x00T / HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "NUL in the method"),
	CASE("get / HTTP/1.1\r\n" H "\r\n", "501 end", NULL, "methods have capital letters"),
	CASE("BREW / HTTP/1.1\r\n" H "\r\n", "501 end", NULL, "a method that nobody knows"),
	CASE("TRACE / HTTP/1.1\r\n" H "\r\n", "501 end", NULL, "a method that we do not have"),
	CASE("OPTIONS * HTTP/1.1\r\n" H "\r\n", "501 end", NULL, "no CORS here"),
	CASE("CONNECT a:443 HTTP/1.1\r\n" H "\r\n", "501 end", NULL, "no tunnels here"),
	CASE("POST / HTTP/1.1\r\n" H "\r\n", "405 end", NULL, "a method that this path does not take"),
	CASE("GET /nowhere HTTP/1.1\r\n" H "\r\n", "404 end", NULL, "a path that is not there"),
	CASE("GET //  HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "shape comes before the path"),
	/* ---- the target ---- */
	CASE("GET http://a/ HTTP/1.1\r\n" H "\r\n", "200", "", "absolute form must be taken"),
	CASE("GET HTTP://a/?q HTTP/1.1\r\n" H "\r\n", "200", "", "in capital letters too"),
	CASE("GET http://a?q HTTP/1.1\r\n" H "\r\n", "200", "", "without a path"),
	CASE("GET http://a:80 HTTP/1.1\r\n" H "\r\n", "200", "", "with a port, without a path"),
	CASE("GET http:///x HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "without a host"),
	CASE("GET http://u:p@a/ HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "name and password in it"),
	CASE("GET ftp://a/ HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "another scheme"),
	CASE("GET a:80 HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "authority form is for CONNECT"),
	CASE("GET * HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "the star is for OPTIONS"),
	CASE("GET x HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "no slash"),
	CASE("GET /#x HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "a fragment stays with the client"),
	CASE("GET /\x7f HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "DEL in it"),
	CASE("GET /\x00 HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "NUL in it"),
	CASE("GET /\xc3\xa9 HTTP/1.1\r\n" H "\r\n", "400 end", NULL, "not encoded"),
	CASE("GET /%2e%2e/ HTTP/1.1\r\n" H "\r\n", "404 end", NULL, "nothing is decoded to find a path"),
	CASE("GET /./ HTTP/1.1\r\n" H "\r\n", "404 end", NULL, "no dots are resolved"),
	CASE("PUT /things/ HTTP/1.1\r\n" H "\r\n", "404 end", NULL, "an empty part"),
	CASE("PUT /things/1/2 HTTP/1.1\r\n" H "\r\n", "404 end", NULL, "one part too many"),
	/* ---- Host ---- */
	CASE("GET / HTTP/1.1\r\n\r\n", "400 end", NULL, "missing"),
	CASE("GET http://a/ HTTP/1.1\r\n\r\n", "400 end", NULL, "missing, though the target has one"),
	CASE("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400 end", NULL, "two"),
	CASE("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", "400 end", NULL, "two, though alike"),
	CASE("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400 end", NULL, "two words"),
	CASE("GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", "400 end", NULL, "a list"),
	CASE("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", "400 end", NULL, "a user in it"),
	CASE("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400 end", NULL, "a path in it"),
	CASE("GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400 end", NULL, "a blank before the colon"),
	CASE("GET / HTTP/1.1\r\nHost:\r\n\r\n", "200", "", "empty is allowed"),
	CASE("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "200", "", "an IPv6 address"),
	/* ---- other headers ---- */
	CASE("GET /x HTTP/1.1\r\n" H "X: \t a b \t\r\n\r\n", "200", "a b", "trimmed"),
	CASE("GET /x HTTP/1.1\r\n" H "X:\r\n\r\n", "200", "", "empty"),
	CASE("GET /x HTTP/1.1\r\n" H "X: D\xfcsseldorf\r\n\r\n", "200", "D\xfcsseldorf", "old letters"),
	CASE("GET / HTTP/1.1\r\n" H ": x\r\n\r\n", "400 end", NULL, "no name"),
	CASE("GET / HTTP/1.1\r\n" H "X\r\n\r\n", "400 end", NULL, "no colon"),
	CASE("GET / HTTP/1.1\r\n" H "X y: z\r\n\r\n", "400 end", NULL, "a blank in a name"),
	CASE("GET / HTTP/1.1\r\n" H "X\xe9: z\r\n\r\n", "400 end", NULL, "a name beyond ASCII"),
	CASE("GET / HTTP/1.1\r\n" H "X(y): z\r\n\r\n", "400 end", NULL, "brackets in a name"),
	CASE("GET / HTTP/1.1\r\n" H "X: a\x00" "b\r\n\r\n", "400 end", NULL, "NUL in a value"),
	CASE("GET / HTTP/1.1\r\n" H "X: a\x1b[2J\r\n\r\n", "400 end", NULL, "ESC in a value"),
	CASE("GET / HTTP/1.1\r\n" H "X: a\x7f\r\n\r\n", "400 end", NULL, "DEL in a value"),
	CASE("GET / HTTP/1.1\r\n" H "X: a\r\n\tb\r\n\r\n", "400 end", NULL, "folded with a tab"),
	CASE("GET / HTTP/1.1\r\n X: a\r\n" H "\r\n", "400 end", NULL, "a blank before the first"),
	CASE("GET / HTTP/1.1\r\n" H "X: a\r\r\n\r\n", "400 end", NULL, "two CR"),
	CASE("GET / HTTP/1.1\r\n" H "\n", "400 end", NULL, "the end is a bare LF"),
	CASE("GET / HTTP/1.1\r\n" H "\r\r\n", "400 end", NULL, "a CR where the end should be"),
	CASE("GET / HTTP/1.1\r\n" H "Authorization: a\r\nAuthorization: b\r\n\r\n", "400 end", NULL,
	     "two credentials"),
	CASE("GET / HTTP/1.1\r\n" H "X-Twilio-Signature: a\r\nx-twilio-signature: b\r\n\r\n", "400 end",
	     NULL, "two signatures"),
	CASE("GET / HTTP/1.1\r\n" H "ElevenLabs-Signature: a\r\nElevenLabs-Signature: a\r\n\r\n", "400 end",
	     NULL, "two signatures, though alike"),
	CASE("GET / HTTP/1.1\r\n" H "Content-Type: a/b\r\nContent-Type: c/d\r\n\r\n", "400 end", NULL,
	     "two content types"),
	CASE("GET / HTTP/1.1\r\n" H "Accept: a/b\r\nAccept: c/d\r\n\r\n", "200", "", "a list may be split"),
	CASE("GET / HTTP/1.1\r\n" H "Origin: https://a.example\r\n\r\n", "403 end", NULL, "a browser"),
	CASE("GET / HTTP/1.1\r\n" H "Origin: null\r\n\r\n", "403 end", NULL, "a browser that hides"),
	/* ---- connections ---- */
	CASE("GET / HTTP/1.1\r\n" H "Connection: close\r\n\r\n", "200 end", NULL, "what follows is ignored"),
	CASE("GET / HTTP/1.1\r\n" H "Connection: x, CLOSE\r\n\r\n", "200 end", NULL, "in a list"),
	CASE("POST /echo HTTP/1.1\r\n" H "Connection: close\r\nContent-Length: 2\r\n\r\nhi", "200 end", "hi",
	     "with a body"),
	CASE("GET / HTTP/1.1\r\n" H "Connection: keep-alive\r\n\r\n", "200", "", "said though it is so"),
	CASE("GET / HTTP/1.0\r\n\r\n", "200 end", NULL, "HTTP/1.0 closes, and needs no Host"),
	CASE("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "200", "", "HTTP/1.0 that asks to stay"),
	CASE("GET / HTTP/1.1\r\n" H "\r\nGET / HTTP/1.1\r\n" H "\r\n", "200 200", "", "two at once"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: 1\r\n\r\naGET /x HTTP/1.1\r\n" H "X: b\r\n\r\n",
	     "200 200", "b", "a request right behind a body"),
	CASE(CHUNKED("1\r\na\r\n0\r\n\r\n") "GET /x HTTP/1.1\r\n" H "X: b\r\n\r\n", "200 200", "b",
	     "a request right behind chunks"),
	CASE("POST /echo HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc\r\n", "200", "abc",
	     "an empty line behind a body, as old browsers sent"),
	CASE("GET / HTTP/1.1\r\n" H "\r\nGARBAGE\r\n\r\n", "200 400 end", NULL, "rubbish behind a request"),
	CASE("GET / HTTP/1.1\r\n" H "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
	     "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
	     "200", "", "an upgrade that we do not have is passed over"),
	CASE("GET / HTTP/1.1\r\n" H "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "200", "",
	     "no WebSocket on this path"),
	CASE("POST /echo HTTP/1.1\r\n" H "Upgrade: x\r\nConnection: upgrade\r\nContent-Length: 2\r\n\r\nhi",
	     "200", "hi", "a body beside an upgrade is a body"),
	CASE("POST /echo HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nhi", "200", "hi",
	     "the body comes without waiting"),
	CASE("POST /echo HTTP/1.1\r\n" H "Expect: 100-Continue\r\nContent-Length: 2\r\n\r\nhi", "200", "hi",
	     "letters alike in both cases"),
	CASE("POST /echo HTTP/1.1\r\n" H "Expect: tea\r\nContent-Length: 2\r\n\r\nhi", "417 end", NULL,
	     "an expectation that we cannot meet"),
	CASE("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n", "400 end", NULL, "TLS on a plain port"),
};

/* What came, in the words of `expect`. */
static const char *told(const struct net_answers *a)
{
	static char text[256];
	size_t n = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < a->count; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%d ", a->status[i]);
	snprintf(text + n, sizeof text - n, "%s", a->ended ? "end" : "");
	if (!a->ended && n > 0)
		text[n - 1] = '\0';
	return text;
}

static unsigned statuses(const char *expect)
{
	unsigned n = 0;

	for (const char *p = expect; *p != '\0'; p++)
		n += *p >= '0' && *p <= '9' && (p == expect || p[-1] == ' ');
	return n;
}

static bool ends(const char *expect)
{
	return str_ends(str_of(expect), STR_LIT("end"));
}

static void play(int port, const struct framing_case *c, size_t chop)
{
	static struct net_answers a;
	int fd = net_connect(port);

	a = (struct net_answers){.n = 0};
	(void)net_send(fd, c->bytes, chop);
	if (ends(c->expect)) {
		(void)net_send(fd, STR_LIT(CANARY), chop);
		net_read(fd, ARRAY_LEN(a.status), 5000, &a);
		cr_expect_str_eq(told(&a), c->expect, "%s (%zu at a time): got \"%s\"", c->why, chop,
				 told(&a));
	} else {
		net_read(fd, statuses(c->expect), 5000, &a);
		cr_expect_str_eq(told(&a), c->expect, "%s (%zu at a time): got \"%s\"", c->why, chop,
				 told(&a));
		if (c->body != NULL)
			cr_expect(str_ends(str_make(a.bytes, a.n), str_of(c->body)), "%s: the body", c->why);
		(void)net_send(fd, STR_LIT(CANARY), chop);
		net_read(fd, ARRAY_LEN(a.status), 5000, &a);
		cr_expect(a.ended && a.count == statuses(c->expect) + 1 &&
				  a.status[a.count - 1] == 200,
			  "%s (%zu at a time): what follows is not answered", c->why, chop);
	}
	close(fd);
}

Test(framing, every_request_is_read_in_one_way_or_refused)
{
	struct web_options o = {.tables = {routes, NULL}};
	struct app app = {0};
	struct net_server *s = net_server_start(&o, &app);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		play(net_server_port(s), &cases[i], 0);
		play(net_server_port(s), &cases[i], 1);
		play(net_server_port(s), &cases[i], 7);
	}
	net_server_stop(s);
}
