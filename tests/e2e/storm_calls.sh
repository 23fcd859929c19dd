#!/bin/bash
# storm_calls.sh - scripted calls (CALLS, PARALLEL at a time) against the whole set-up, with a fault at another boundary in
# each: either socket cut at a message, refused, silent, late; the carrier's API hanging or failing; callbacks twice, out
# of order or missing; the service killed KILLS times in the middle of calls. `make storm-calls` is the long form of it.
#
# What callers heard is measured by the practice line, what was said is held against the transcript (tests/storm/calls.h).
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

calls=${CALLS:-14} parallel=${PARALLEL:-12} kills=${KILLS:-1}
# The short form takes every so many-th fault, and people who talk fast.
letters=60 stride=${STRIDE:-1}
[ -n "${CALLS:-}" ] || letters=150 stride=7
set_up SIM_OPTIONS="--letters-per-s $letters --answer-ms 100 --calls-per-s 0 --kept 1000"

# As "switchbackctl number add" has it at the carrier: a document that cannot be had is asked for at the fallback URL.
numbers=$TWILIO_SIM_URL/2010-04-01/Accounts/$TWILIO_ACCOUNT_SID/IncomingPhoneNumbers
number=$(curl -fsS -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" "$numbers.json?PhoneNumber=%2B${ORG_A_NUMBER#+}" |
	grep -oE '"sid" *: *"PN[0-9a-f]{32}"' | head -1 | grep -oE 'PN[0-9a-f]{32}')
curl -fsS -o /dev/null -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" "$numbers/$number.json" \
	--data-urlencode "VoiceFallbackUrl=$PUBLIC_URL/api/webhooks/twilio/fallback#rc=3&rp=5xx,ct,rt" \
	--data-urlencode "VoiceUrl=$PUBLIC_URL/api/webhooks/twilio/voice#rc=3&rp=5xx,ct,rt"

# Colleagues, two for each call that is under way. Hashing their passwords at full cost would be most of the test.
psql -X -q -A -t -d "$DATABASE_URL" >"$RUN_DIR/staff" <<-END
	SET app.current_organization_id = '$ORG_A_ID';
	UPDATE organizations SET consent_line_en = NULL, consent_line_fr = NULL WHERE id = '$ORG_A_ID';
	INSERT INTO user_profiles (organization_id, email, first_name, last_name, display_name, role,
			password_hash, phone_number)
		SELECT '$ORG_A_ID', format('storm%s@bici.example', i), 'Storm', format('Number %s', i), format('Storm %s', i), 'staff',
			password_hash,
			'+1416555' || (3000 + i)
		FROM generate_series(1, 2 * $parallel) i, user_profiles u WHERE u.email = '$ORG_A_EMAIL'
		RETURNING email || ' $ORG_A_PASSWORD ' || phone_number || ' ' || id;
END

check "the calls are made and judged" "$BUILD/storm/calls" --sim "$TWILIO_SIM_URL" --url "$URL" --database "$DATABASE_URL" \
	--organization "$ORG_A_ID" --slug "$ORG_A_SLUG" --number "$ORG_A_NUMBER" --pid-file "$SERVICE_PID_FILE" \
	--staff "$RUN_DIR/staff" --calls "$calls" --parallel "$parallel" --kills "$kills" --from "${FROM:-0}" --stride "$stride" ${VERBOSE:+--verbose} \
	>"$RUN_DIR/calls"
figures_read "$RUN_DIR/calls"

is "every call was judged" "${figure[calls]}" "$calls"
is "callers in silence for more than 3 s: 0" "${figure[callers_in_silence]}" 0
is "calls lost that the carrier still held: 0" "${figure[calls_lost]}" 0
is "two voices at once: 0" "${figure[two_voices]}" 0
is "transcript lines lost or doubled: 0" "${figure[lines_lost_or_doubled]}" 0
is "takeovers with two holders: 0" "${figure[two_holders]}" 0
