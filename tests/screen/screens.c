/*
 * screens.c - what a person sees, whole: in both languages, in windows of all sizes, with and
 * without UTF-8, and with names that mean harm.
 */
#include "tests/screen/stage.h"

static void expect_screen(struct stage *s, const char *name, const char *want)
{
	const char *got = screen_of(s);

	cr_expect_str_eq(got, want, "%s is\n%s--- and not\n%s---", name, got, want);
}

/* clang-format off */
Test(screens, asks_who_signs_in)
{
	struct stage s;

	stage_open(&s, 24, 80, LANGUAGE_EN);
	expect_screen(&s, "80x24 in English",
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "             Switchback                                       Sign in\n"
		      "             ────────────────────────────────────────────────────────\n"
		      "             https://switchback.example\n"
		      "\n"
		      "             Organization  velo-plateau\n"
		      "           ▸ E-mail\n"
		      "             Password      is not shown\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      " Tab Next field  Enter Sign in  F2 Français                             F1 Help\n");
	stage_close(&s);
}

Test(screens, list_what_is_open_in_80_columns)
{
	struct stage s;

	stage_open(&s, 24, 80, LANGUAGE_FR);
	afternoon(&s);
	press(&s, "3");
	expect_screen(&s, "the list",
		      " Vélo Plateau · Marie Tremblay…  2 en attente  5 ouvertes  ● en direct  14 h 05\n"
		      "▸Attente 2  Moi 1  [Tout 5]  Fermé\n"
		      "▸E Ana Silva            attend 8 min  Can somebody call me about m…  ●1   6 min\n"
		      " E Chloé Nguyễn         attend 3 min  Je voudrais parler à quelqu’…  ●1   9 min\n"
		      " M Benoît Côté-Lachance vous          Merci beaucoup 🙏🏽                   7 min\n"
		      " A +1 416 555-0123      agent         What time do you close today?       8 min\n"
		      " C Dmitri O'Neil        Luc Gagnon    ok see you saturday                10 min\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      " Entrée Ouvrir  r Répondre  t Prendre  a Prochain  n Note  w Souffler   F1 Aide\n");
	stage_close(&s);
}

Test(screens, show_a_thread_in_80_columns)
{
	struct stage s;

	stage_open(&s, 24, 80, LANGUAGE_EN);
	afternoon(&s);
	press(&s, "Enter r");
	type(&s, "Hello Ana, this is Marie.");
	expect_screen(&s, "the thread",
		      " Vélo Plateau · Marie Tremblay, staff          2 waiting  5 open  ● live  14:05\n"
		      " 2 waiting · Ana Silva 8 min · Chloé Nguyễn 3 min\n"
		      "▸Ana Silva  +1 416 555-0123  English                  waits for a person, 8 min\n"
		      "                                   beginning\n"
		      " ───────────────────────────────── Yesterday ──────────────────────────────────\n"
		      " Ana Silva                                                                18:05\n"
		      "   Hi, is my wheel ready?\n"
		      "\n"
		      " Agent                                                       d delivered  18:06\n"
		      "   Hello Ana! Your wheel (order 1042) is ready for pickup. We are open until\n"
		      "   18:00 today at 4521 avenue du Parc.\n"
		      " ─────────────────────────────────── Today ────────────────────────────────────\n"
		      " Ana Silva                                                                13:56\n"
		      "   It still wobbles after I picked it up :(\n"
		      "   Can somebody call me about my wheel? It still wobbles.\n"
		      "\n"
		      " Agent                                                            s sent  13:57\n"
		      "   A person will answer you here by 14:20.\n"
		      "\n"
		      "\n"
		      "\n"
		      "─ To Ana Silva ──────────────────────────────── text, English, 1 segment GSM-7 ─\n"
		      "▸ Hello Ana, this is Marie.\n"
		      " Enter Send  Esc Back  Ctrl-J New line  Ctrl-T Language                 F1 Help\n");
	stage_close(&s);
}

Test(screens, stand_side_by_side_in_120_columns)
{
	struct stage s;

	stage_open(&s, 32, 120, LANGUAGE_EN);
	afternoon(&s);
	facts_come(&s);
	press(&s, "3");
	expect_screen(&s, "three panes",
		      " Vélo Plateau · Marie Tremblay, staff                                                  2 waiting  5 open  ● live  14:05\n"
		      "▸Waiting 2 Mine 1 [All 5] Closed    │ Ana Silva  +1 416 555-0123  English    waits 8 min │ Ana Silva\n"
		      "▸W Ana Silva                  8 min │                     beginning                      │ +1 416 555-0123\n"
		      "   Can somebody call me about m… ●1 │ ─────────────────── Yesterday ──────────────────── │ ana.silva@example.com\n"
		      " W Chloé Nguyễn               3 min │ Ana Silva                                    18:05 │ English\n"
		      "   Je voudrais parler à quelqu’… ●1 │   Hi, is my wheel ready?                           │ customer since 2025-06-09\n"
		      " M Benoît Côté-Lachance       7 min │                                                    │\n"
		      "   Merci beaucoup 🙏🏽                │ Agent                           d delivered  18:06 │ Wants a person\n"
		      " A +1 416 555-0123            8 min │   Hello Ana! Your wheel (order 1042) is ready for  │  Can somebody call me about\n"
		      "   What time do you close today?    │   pickup. We are open until 18:00 today at 4521    │  my wheel?\n"
		      " C Dmitri O'Neil             10 min │   avenue du Parc.                                  │  asked 13:57\n"
		      "   ok see you saturday              │ ───────────────────── Today ────────────────────── │  answer promised by 14:12,\n"
		      "                                    │ Ana Silva                                    13:56 │  in 7 min\n"
		      "                                    │   It still wobbles after I picked it up :(         │\n"
		      "                                    │   Can somebody call me about my wheel? It still    │ Conversation\n"
		      "                                    │   wobbles.                                         │  waits 8 min\n"
		      "                                    │                                                    │\n"
		      "                                    │ Agent                                s sent  13:57 │ Orders\n"
		      "                                    │   A person will answer you here by 14:20.          │  1042  ready for pickup\n"
		      "                                    │                                                    │    2026-07-09  1 x wheel\n"
		      "                                    │                                                    │    truing, 1 x inner tube\n"
		      "                                    │                                                    │  0987  collected\n"
		      "                                    │                                                    │    2026-04-25  1 x bell\n"
		      "                                    │                                                    │\n"
		      "                                    │                                                    │ Appointments\n"
		      "                                    │                                                    │  Thu 16 Jul 14:05  booked\n"
		      "                                    │                                                    │    Tune-up\n"
		      "                                    │                                                    │\n"
		      "                                    │                                                    │ Notes\n"
		      "                                    │                                                    │  Rides to work every day.\n"
		      "                                    │─ A person is wanted. r replies and takes over. ────│\n"
		      " Enter Open  r Reply  t Take over  a Next waiting  n Note  w Whisper  x Close  c New text  / Find  i Customer   F1 Help\n");
	stage_close(&s);
}

Test(screens, speak_ascii_in_a_small_window)
{
	struct stage s;

	stage_open(&s, 10, 40, LANGUAGE_FR);
	s.m.start.plain = true;
	afternoon(&s);
	press(&s, "Enter");
	expect_screen(&s, "ASCII",
		      " Velo Plateau  2 en attente  *  14 h 05\n"
		      ">Ana Silva  anglais        attend 8 min\n"
		      "   Can somebody call me about my wheel?\n"
		      "   It still wobbles.\n"
		      "\n"
		      " Agent                e envoye  13 h 57\n"
		      "   A person will answer you here by\n"
		      "   14:20.\n"
		      "- On demande quelqu'un. r pour repon~ --\n"
		      " Echap Retour  r Repondre       F1 Aide\n");
	stage_close(&s);
}

Test(screens, say_when_there_is_no_room)
{
	struct stage s;

	stage_open(&s, 8, 30, LANGUAGE_EN);
	afternoon(&s);
	expect_screen(&s, "too small",
		      "2 waiting\n"
		      "Window too small: 40 x 10 at\n"
		      "least.\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n");
	stage_close(&s);
}

Test(screens, ask_in_a_box)
{
	struct stage s;

	stage_open(&s, 12, 60, LANGUAGE_FR);
	afternoon(&s);
	press(&s, "x");
	expect_screen(&s, "the question",
		      " Vélo Plateau            2 en attente  ● en direct  14 h 05\n"
		      "▸[Attente 2]  Moi 1  Tout 5  Fermé\n"
		      "▸E Ana Silva       attend 8 min  Can somebody …  ●1   6 min\n"
		      "  ┌──────────────────────────────────────────────────────┐\n"
		      "  │  Fermer la conversation avec Ana Silva ?             │\n"
		      "  │                                                      │\n"
		      "  │  y Oui   n Non                                       │\n"
		      "  └──────────────────────────────────────────────────────┘\n"
		      "\n"
		      "\n"
		      "\n"
		      "\n");
	stage_close(&s);
}

/* clang-format on */
/* Every view in every size between too small and very large: nothing falls over the edge, and what
 * is drawn is as wide as the window. */
Test(screens, hold_in_every_size)
{
	static const int sizes[][2] = {{1, 1},    {3, 200},  {9, 39},   {10, 40},
				       {10, 79},  {24, 80},  {24, 96},  {23, 95},
				       {30, 119}, {12, 120}, {40, 120}, {80, 250}};
	static const char *const walks[] = {"1",     "3 G", "g Enter", "i",     "Esc Esc Enter r",
					    "Esc x", "n ?", "Esc c",   "Esc z", "z /"};

	for (int language = LANGUAGE_EN; language <= LANGUAGE_FR; language++) {
		for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
			struct stage s;

			stage_open(&s, sizes[i][0], sizes[i][1], (enum language)language);
			(void)screen_of(&s);
			afternoon(&s);
			for (size_t w = 0; w < ARRAY_LEN(walks); w++) {
				press(&s, walks[w]);
				s.m.start.plain = w % 2 == 1;
				(void)screen_of(&s);
				for (int row = 0; row < s.g.rows; row++) {
					int width = 0;

					for (int col = 0; col < s.g.cols; col++)
						width += s.g.at[row * s.g.cols + col].width;
					cr_assert_eq(width, s.g.cols, "row %d of %dx%d", row,
						     s.g.cols, s.g.rows);
				}
			}
			stage_close(&s);
		}
	}
}

Test(screens, show_hostile_names_as_what_they_are)
{
	static const char *const names[] = {
		"\033]0;owned\007Eve",
		"Eve\r\n\b\b",
		"\xE2\x80\xAE"
		"evE",
		"Z\xCC\xB4\xCC\x95\xCC\x9B\xCC\x83\xCD\x9D\xCD\x82",
		"\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",
		"\xFF\xFE",
		"日本語の名前がとても長い人",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct wire_conversation c[] = {conversation_of(1, "Before", "words"),
						conversation_of(2, names[i], names[i]),
						conversation_of(3, "Behind", "words")};
		struct stage s;
		const char *text;

		c[1].holder = HOLDER_STAFF;
		c[1].holder_name = names[i];
		c[1].peer = names[i];
		stage_open(&s, 24, 80, LANGUAGE_EN);
		signs_in(&s);
		lists(&s, c, 3, 100);
		expect_shows(&s, "\n▸A Before               agent");
		expect_shows(&s, "\n A Behind               agent");
		press(&s, "j Enter");
		for (text = screen_of(&s); *text != '\0'; text++)
			cr_assert((unsigned char)*text >= 0x20 || *text == '\n');
		cr_expect(strstr(screen_of(&s), "\xE2\x80\xAE") == NULL);
		stage_close(&s);
	}
}
