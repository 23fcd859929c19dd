/*
 * shop.h - a store for the agent's tests that has told us everything, and one turn with it.
 *
 * Open Monday to Friday 9 to 6, Thursday to 8:30 p.m., Saturday 10 to 5, closed on Sunday; Canada
 * Day 2026 closed, St-Jean open in the afternoon.
 */
#ifndef SWITCHBACK_TESTS_UNIT_AGENT_SHOP_H
#define SWITCHBACK_TESTS_UNIT_AGENT_SHOP_H

#include <criterion/criterion.h>

#include "server/agent/agent.h"
#include "shared/clock.h"

static struct store_period shop_week[] = {{1, 540, 1080}, {2, 540, 1080}, {3, 540, 1080},
					  {4, 540, 1230}, {5, 540, 1080}, {6, 600, 1020}};
static struct store_period shop_st_jean[] = {{0, 720, 1020}};
static struct store_special shop_specials[] = {
	{.date = "2026-07-01",
	 .closed = true,
	 .name_en = STR_LIT("Canada Day"),
	 .name_fr = STR_LIT("fête du Canada")},
	{.date = "2027-03-29",
	 .closed = true,
	 .name_en = STR_LIT("Easter Monday"),
	 .name_fr = STR_LIT("lundi de Pâques")},
	{.date = "2026-06-24",
	 .periods = shop_st_jean,
	 .periods_n = 1,
	 .name_en = STR_LIT("St-Jean"),
	 .name_fr = STR_LIT("St-Jean")},
};
static struct store_policy shop_policies[] = {
	{STR_LIT("returns"), STR_LIT("Returns within 30 days with the receipt."),
	 STR_LIT("Retours dans les 30 jours avec le reçu.")},
	{STR_LIT("warranty"), STR_LIT("Parts are under warranty for one year."),
	 STR_LIT("Les pièces sont garanties un an.")},
	{STR_LIT("payment"), STR_LIT("We take cash, debit, credit and Apple Pay."),
	 STR_LIT("Nous prenons comptant, débit, crédit et Apple Pay.")},
	{STR_LIT("rentals"), STR_LIT("Bikes rent at $40 a day."),
	 STR_LIT("Location à 40 $ par jour.")},
	{STR_LIT("trade_in"), STR_LIT("We take used bikes in trade."),
	 STR_LIT("Nous reprenons les vélos usagés.")},
	{STR_LIT("parking"), STR_LIT("Free parking behind the store."),
	 STR_LIT("Stationnement gratuit derrière le magasin.")},
	{STR_LIT("bike rack"), STR_LIT("There is a bike rack by the door."),
	 STR_LIT("Il y a un support à vélos près de la porte.")},
	{STR_LIT("locations"), STR_LIT("This is our only store."),
	 STR_LIT("C'est notre seul magasin.")},
	{STR_LIT("coffee"), STR_LIT("Coffee is on us."), STR_LIT("")},
};

static UNUSED struct store shop(void)
{
	return (struct store){
		.name = STR_LIT("Northside Cycles"),
		.phone = STR_LIT("+14165550101"),
		.email = STR_LIT("hello@northside.example"),
		.address = STR_LIT("12 Main St, Toronto"),
		.directions_en = STR_LIT("Two minutes from Main station."),
		.directions_fr = STR_LIT("À deux minutes de la station Main."),
		.zone = STR_LIT("America/Toronto"),
		.periods = shop_week,
		.periods_n = ARRAY_LEN(shop_week),
		.specials = shop_specials,
		.specials_n = ARRAY_LEN(shop_specials),
		.policies = shop_policies,
		.policies_n = ARRAY_LEN(shop_policies),
		.reply_target_minutes = 30,
		.default_language = LANGUAGE_EN,
	};
}

static UNUSED int64_t at(const char *text)
{
	int64_t us;

	cr_assert(clock_parse(text, &us), "bad instant in the test: %s", text);
	return us;
}

/* An ordinary turn: Tuesday 2026-06-16, 15:12, not the first, in English so far. */
#define SHOP_NOW "2026-06-16T15:12:00-04:00"
static UNUSED struct agent_in shop_in(const struct store *s)
{
	return (struct agent_in){
		.now_us = at(SHOP_NOW), .store = s, .conversation_language = LANGUAGE_EN};
}

/* Runs the turn with these texts; every text of the answer ends in NUL. */
static UNUSED struct agent_out turn(struct arena *a, struct agent_in in, const char *one,
				    const char *two)
{
	struct agent_message messages[] = {{.body = str_of(one)}, {.body = str_of(two)}};
	struct agent_out out;

	in.messages = messages;
	in.messages_n = two == NULL ? 1 : 2;
	agent_turn(a, &in, &out);
	out.say = str_of(arena_cstr(a, out.say));
	out.reason_text = str_of(arena_cstr(a, out.reason_text));
	return out;
}

#endif
