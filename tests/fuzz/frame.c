/*
 * frame.c - fuzzing the frames of WebSockets and the answer that opens one: whatever the bytes, a
 * frame that is read is whole and lies inside of them, and reads the same however few of its bytes
 * are there; what we write reads back.
 */
#include "server/net/frame.h"

#include "server/net/upgrade.h"
#include "shared/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first frame, from one byte on, until the reader has made up its mind; and the same verdict
 * with all of them. */
static void piecemeal(struct str all)
{
	struct frame whole, f;
	enum frame_reading verdict = frame_read(all, &whole);

	for (size_t n = 0; n <= size_min(all.n, FRAME_HEAD_MAX + 1); n++) {
		enum frame_reading r = frame_read(str_make(all.p, n), &f);

		if (r == FRAME_PARTIAL)
			continue;
		if (r != verdict)
			BUG("%zu bytes say %d, all of them %d", n, r, verdict);
		if (r == FRAME_READ && (f.head != whole.head || f.n != whole.n || f.head > n))
			BUG("a head of %zu bytes is one of %zu", whole.head, f.head);
	}
}

static void round_trip(enum frame_op op, struct str payload, const unsigned char *mask)
{
	char *bytes = xmalloc(FRAME_HEAD_MAX + payload.n);
	size_t head = frame_head((unsigned char *)bytes, op, payload.n, mask);
	struct frame f;

	if (mask != NULL)
		frame_mask(bytes + head, payload.p, payload.n, mask);
	if (frame_read(str_make(bytes, head), &f) != FRAME_READ || f.op != op || !f.last ||
	    f.head != head || f.n != payload.n || f.masked != (mask != NULL))
		BUG("a frame of ours does not read back");
	if (mask != NULL) {
		frame_mask(bytes + head, bytes + head, f.n, f.mask);
		if (memcmp(bytes + head, payload.p, payload.n) != 0)
			BUG("masked twice is not what it was");
	}
	free(bytes);
}

static void close_check(struct str payload)
{
	unsigned char out[FRAME_CONTROL_MAX];
	unsigned status, again;
	struct str why, why_again;
	size_t n;

	if (payload.n > FRAME_CONTROL_MAX || frame_close_read(payload, &status, &why) != 0)
		return;
	n = frame_close_write(out, status, why);
	if (frame_close_read(str_make((char *)out, n), &again, &why_again) != 0 ||
	    again != status || !str_eq(why, why_again))
		BUG("a Close of %u does not read back", status);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned char mask[4] = {1, 0x80, 0xff, 7};
	struct str text = str_make((const char *)data, size);
	char why[200];
	size_t head;

	piecemeal(text);
	round_trip(FRAME_TEXT, text, NULL);
	round_trip(FRAME_BINARY, text, mask);
	close_check(text);
	if (memchr(data, 0, size) == NULL && frame_text_right(text) != utf8_valid(text))
		BUG("two opinions on what is UTF-8");
	if (upgrade_answer_read(text, STR_LIT("dGhlIHNhbXBsZSBub25jZQ=="), &head, why,
				sizeof why) == UPGRADE_DONE &&
	    head > size)
		BUG("a head of %zu bytes in %zu", head, size);
	if (upgrade_key_right(text)) {
		char accept[UPGRADE_ACCEPT_LETTERS + 1];

		upgrade_accept(text, accept);
	}
	return 0;
}
