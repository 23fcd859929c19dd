/*
 * errors.c - see errors.h.
 */
#include "tests/sim/errors.h"

static const struct sim_error errors[] = {
	{0, 0, "ElevenLabs"}, /* what its side of the line complains of */
	{11100, 0, "Invalid URL format"},
	{11200, 0, "HTTP retrieval failure"},
	{11205, 0, "HTTP connection failure"},
	{11206, 0, "HTTP protocol violation"},
	{11210, 0, "HTTP bad host name"},
	{11215, 0, "HTTP too many redirects"},
	{11220, 0, "SSL/TLS Handshake Error"},
	{11237, 0, "Certificate Invalid - Could not find path to certificate"},
	{11750, 0, "TwiML response body too large"},
	{11770, 0, "Empty response body"},
	{12100, 400, "Document parse failure"},
	{12200, 0, "Schema validation warning"},
	{12300, 0, "Invalid Content-Type"},
	{13214, 0, "Dial: Invalid callerId value or noun"},
	{13223, 0, "Dial: Invalid phone number format"},
	{13224, 0, "Dial: Twilio does not support calling this number or the number is invalid"},
	{13225, 0, "Dial: Call blocked by Twilio, or nobody to call"},
	{13227, 0, "Dial: No International Authorization"},
	{13240, 0, "Dial->Conference: Invalid coach"},
	{13511, 0, "Say: Invalid voice"},
	{13512, 0, "Say: Invalid language"},
	{13520, 0, "Say: Invalid text"},
	{14101, 0, "Invalid \"To\" attribute"},
	{14102, 0, "Invalid \"From\" attribute"},
	{14103, 0, "Invalid Body"},
	{14109, 0, "TwiML Reply message limit exceeded"},
	{14110, 0, "Invalid Verb for SMS Reply"},
	{15003, 0, "Call Progress: Warning Response to Callback URL"},
	{16020, 0, "Conference: the room is full"},
	{16025, 0, "Conference: participant label is taken"},
	{20001, 0, "Unknown parameters"},
	{20003, 401, "Authenticate"},
	{20004, 405, "Method not allowed"},
	{20006, 403, "Access Denied"},
	{20009, 409, "The message is still on its way; try again when it has a final status"},
	{20404, 404, "The requested resource was not found"},
	{20422, 400, "Invalid Parameter"},
	{20429, 429, "Too Many Requests"},
	{20500, 500, "Internal Server Error"},
	{20503, 503, "Service Unavailable"},
	{21201, 400, "No 'To' number is specified"},
	{21205, 400, "Url parameter is required, or is not a valid URL"},
	{21210, 400, "'From' phone number not verified"},
	{21211, 400, "Invalid 'To' Phone Number"},
	{21212, 400, "Invalid 'From' Phone Number"},
	{21213, 400, "Caller phone number is required"},
	{21214, 400, "'To' phone number cannot be reached"},
	{21215, 400, "Account not authorized to call the number: geo permission"},
	{21216, 400, "Account not allowed to call the number"},
	{21217, 400, "Phone number does not appear to be valid"},
	{21220, 400, "Call is not in-progress. Cannot redirect."},
	{21406, 400, "Cannot set SmsFallbackUrl without setting SmsUrl"},
	{21405, 400, "Cannot set VoiceFallbackUrl without setting Url"},
	{21408, 400,
	 "Permission to send an SMS has not been enabled for the region indicated by the 'To' "
	 "number"},
	{21421, 400, "PhoneNumber is not valid"},
	{21422, 400, "PhoneNumber is not available"},
	{21502, 400, "Invalid callback url"},
	{21602, 400, "Message body is required."},
	{21603, 400, "A 'From' or 'MessagingServiceSid' parameter is required to send a message."},
	{21604, 400, "A 'To' phone number is required."},
	{21606, 400,
	 "The 'From' phone number provided is not a valid message-capable Twilio phone number for "
	 "this destination/account"},
	{21608, 400,
	 "The 'to' phone number provided is not yet verified for this account. Trial accounts "
	 "cannot send messages to unverified numbers"},
	{21609, 400, "The 'StatusCallback' URL is not a valid URL."},
	{21610, 400, "Attempt to send to unsubscribed recipient"},
	{21611, 400, "This 'From' number has exceeded the maximum number of queued messages"},
	{21612, 400,
	 "The 'To' phone number is not currently reachable using the 'From' phone number via SMS"},
	{21614, 400, "'To' number is not a valid mobile number"},
	{21617, 400, "The concatenated message body exceeds the 1600 character limit"},
	{21619, 400, "A text message body or media urls must be specified."},
	{21620, 400, "Invalid media URL(s)"},
	{21623, 400, "Number of media files exceeds allowed limit"},
	{21624, 400, "Invalid validity period value"},
	{21626, 0, "Invalid value(s) for StatusCallbackEvent"},
	{21701, 400, "The Messaging Service does not exist"},
	{21703, 400,
	 "The Messaging Service does not have a phone number available to send a message"},
	{21704, 400, "The Messaging Service contains no phone numbers"},
	{30001, 0, "Queue overflow"},
	{30002, 0, "Account suspended"},
	{30003, 0, "Unreachable destination handset"},
	{30004, 0, "Message blocked"},
	{30005, 0, "Unknown destination handset"},
	{30006, 0, "Landline or unreachable carrier"},
	{30007, 0, "Message filtered"},
	{30008, 0, "Unknown error"},
	{30034, 0, "Message from an Unregistered Number"},
	{31901, 0, "Stream - WebSocket - Connection Timeout"},
	{31902, 0, "Stream - WebSocket - Connection Refused"},
	{31903, 0, "Stream - WebSocket - Connection Broken Pipe"},
	{31910, 0, "Stream - WebSocket - SSL Protocol Error"},
	{31920, 0, "Stream - WebSocket - Handshake Error"},
	{31921, 0, "Stream - WebSocket - Close Error"},
	{31922, 0, "Stream - WebSocket - Scheme is not wss"},
	{31923, 0, "Stream - WebSocket - Malformed URL"},
	{31924, 0, "Stream - WebSocket - Protocol Error"},
	{31930, 0, "Stream - Audio is discarded: the server reads too slowly"},
	{31931, 0, "Stream - More than ten minutes of audio wait to be played"},
	{31941, 0, "Stream - Invalid Track configuration"},
	{31950, 0, "Stream - Protocol - Binary frame"},
	{31951, 0, "Stream - Protocol - Invalid Message"},
};

const struct sim_error *sim_error_find(int code)
{
	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		if (errors[i].code == code)
			return &errors[i];
	}
	return NULL;
}

const char *sim_error_text(int code)
{
	const struct sim_error *e = sim_error_find(code);

	return e == NULL ? "Unknown error" : e->text;
}
