/*
 * conversations.h - rows of the API: conversations as staff read them, and what staff do in them.
 * The SQL is in schema/functions/conversation.sql and conversation_command.sql.
 */
#ifndef SWITCHBACK_SERVER_API_CONVERSATIONS_H
#define SWITCHBACK_SERVER_API_CONVERSATIONS_H

#include "server/api/door.h"

extern const struct api_row conversation_list_row, conversation_one_row, conversation_messages_row;
extern const struct api_row conversation_start_row, conversation_reply_row,
	conversation_take_over_row, conversation_hand_back_row, conversation_close_row,
	conversation_note_row, conversation_whisper_row;

#endif
