#include "holder/receive.h"

#include "codec/uuid.h"
#include "holder/lease.h"
#include "holder/link.h"

/* Everything that is to be known before a token is asked for. */
struct plan {
	struct yf_granted granted;
	struct yf_credential_offer offer;
	bool has_offer;
	struct yf_issuer_metadata issuer;
	struct yf_server_metadata server;
	struct yf_configuration configurations[YF_OFFER_CONFIGURATIONS_MAX];
	size_t count; /* at least 1 once it is made */
	size_t skipped;
	size_t copies;
};

/* One configuration on its way. */
struct part {
	struct yf_batch_ask ask;
	struct yf_batch_answer answer;
	struct yf_batch_checked checked;
};

static yf_err read_offer(const struct yf_holder *holder, struct yf_arena *arena,
			 yf_str text, struct yf_credential_offer *out)
{
	const struct yf_json *tree;
	struct yf_json_out again;
	struct yf_link link;

	YF_TRY(yf_link_parse(arena, text, &link));
	if (link.kind != YF_LINK_OFFER)
		return YF_FAIL(UNSUPPORTED);
	if (link.offer.len)
		return yf_offer_parse(arena, link.offer, out);
	YF_TRY(yf_wire_get_json(&holder->options.wire, arena, link.reference,
				&tree));
	again = yf_json_out_new(arena, 1024);
	yf_json_out_tree(&again, NULL, tree);
	YF_TRY(yf_json_out_end(&again, &text));
	return yf_offer_parse(arena, text, out);
}

static yf_err get_well_known(const struct yf_holder *holder,
			     struct yf_arena *arena, yf_str identifier,
			     const char *name, const struct yf_json **out)
{
	yf_str url;

	YF_TRY(yf_well_known(arena, identifier, name, &url));
	return yf_wire_get_json(&holder->options.wire, arena, url, out);
}

/* Section 4.1.1: it must be one of those that the issuer itself names. */
static yf_err choose_server(const struct yf_credential_offer *offer,
			    struct yf_issuer_metadata *issuer)
{
	const yf_str wanted = offer->authorization_server;
	const struct yf_json *servers = issuer->authorization_servers;

	if (!wanted.len)
		return YF_OK;
	for (size_t i = 0;
	     servers && servers->kind == YF_JSON_ARRAY && i < servers->count;
	     i++)
		if (yf_str_eq(servers->items[i].string, wanted)) {
			issuer->authorization_server = wanted;
			return YF_OK;
		}
	return YF_FAIL(CONFLICT);
}

static yf_err choose_configurations(const struct yf_receive_ask *ask,
				    struct plan *plan)
{
	const struct yf_json *all = plan->issuer.configurations;
	const size_t count =
		plan->has_offer ? plan->offer.configuration_count : all->count;
	yf_err err = YF_FAIL(UNSUPPORTED);

	if (ask->configuration_id.len) {
		plan->count = 1;
		return yf_configuration_find(&plan->issuer,
					     ask->configuration_id,
					     &plan->configurations[0]);
	}
	for (size_t i = 0;
	     i < count && plan->count < YF_OFFER_CONFIGURATIONS_MAX; i++) {
		err = yf_configuration_find(
			&plan->issuer,
			plan->has_offer ? plan->offer.configurations[i]
					: all->items[i].name,
			&plan->configurations[plan->count]);
		if (yf_failed(err))
			plan->skipped++;
		else if (++plan->count && !ask->all)
			break;
	}
	return plan->count ? YF_OK : err;
}

static yf_err load_issuer(const struct yf_holder *holder,
			  struct yf_arena *arena, yf_str issuer,
			  struct yf_issuer_metadata *out)
{
	const struct yf_json *tree;

	YF_TRY(get_well_known(holder, arena, issuer, "openid-credential-issuer",
			      &tree));
	return yf_issuer_metadata_take(tree, issuer, out);
}

static yf_err load_server(const struct yf_holder *holder,
			  struct yf_arena *arena, yf_str issuer,
			  struct yf_server_metadata *out)
{
	const struct yf_json *tree;

	YF_TRY(get_well_known(holder, arena, issuer,
			      "oauth-authorization-server", &tree));
	return yf_server_metadata_take(tree, issuer, out);
}

static size_t copies_of(const struct yf_issuer_metadata *issuer, size_t wanted)
{
	size_t copies = wanted ? wanted : 1;

	if ((int64_t)copies > issuer->batch_size)
		copies = (size_t)issuer->batch_size;
	return copies < YF_RECEIVE_BATCH_MAX ? copies : YF_RECEIVE_BATCH_MAX;
}

static yf_err make_plan(const struct yf_holder *holder, struct yf_arena *arena,
			const struct yf_receive_ask *ask, struct plan *plan)
{
	yf_str issuer = ask->issuer;

	plan->has_offer = ask->link.len > 0;
	if (plan->has_offer) {
		YF_TRY(read_offer(holder, arena, ask->link, &plan->offer));
		issuer = plan->offer.issuer;
	}
	YF_TRY(load_issuer(holder, arena, issuer, &plan->issuer));
	YF_TRY(choose_server(&plan->offer, &plan->issuer));
	YF_TRY(choose_configurations(ask, plan));
	plan->copies = copies_of(&plan->issuer, ask->copies);
	return load_server(holder, arena, plan->issuer.authorization_server,
			   &plan->server);
}

/* HAIP 1.0 section 4.1: scope is how a configuration is asked for. */
static yf_err scopes_of(struct yf_arena *arena, const struct plan *plan,
			yf_str *out)
{
	struct yf_buf buf = yf_buf_new(arena, 64);

	for (size_t i = 0; i < plan->count; i++) {
		if (!plan->configurations[i].scope.len)
			return YF_FAIL(UNSUPPORTED);
		if (i)
			yf_buf_char(&buf, ' ');
		yf_buf_text(&buf, plan->configurations[i].scope);
	}
	return yf_buf_str(&buf, out);
}

static yf_err get_token(const struct yf_holder *holder, struct yf_arena *arena,
			const struct yf_receive_ask *ask,
			const struct plan *plan, struct yf_sender *sender,
			struct yf_granted *out)
{
	const bool by_offer = plan->offer.pre_authorized_code.len > 0;
	struct yf_grant_ask grant = {
		.server = &plan->server,
		.client_id = holder->options.client_id,
		.redirect_uri = holder->options.redirect_uri,
		.issuer_state = plan->offer.issuer_state,
		.login = ask->login,
		.pre_authorized_code = plan->offer.pre_authorized_code,
		.tx_code = plan->offer.wants_tx_code ? ask->tx_code
						     : (yf_str){ 0 },
	};

	if (by_offer && plan->offer.wants_tx_code && !ask->tx_code.len)
		return YF_FAIL(MISSING);
	if (!by_offer && plan->has_offer && !plan->offer.has_authorization_code)
		return YF_FAIL(UNSUPPORTED);
	if (!by_offer)
		YF_TRY(scopes_of(arena, plan, &grant.scope));
	return yf_grant(sender, arena, &grant, out);
}

/* --- from the token to the purse --- */

/* RFC 9449 section 8.2: nonces belong to the server that gave them. */
static void carry(struct yf_sender *sender, yf_str access_token)
{
	sender->nonce = (yf_str){ 0 };
	sender->access_token = access_token;
}

/* What is sent is checked at once; nothing is kept yet. */
static yf_err check_part(struct yf_holder *holder, struct yf_arena *arena,
			 struct yf_sender *sender, const struct yf_batch *batch,
			 struct part *part)
{
	if (!part->answer.credentials)
		return YF_OK;
	const yf_err err =
		yf_batch_check(batch, holder, arena, &part->ask,
			       part->answer.credentials, &part->checked);
	if (yf_failed(err))
		yf_batch_notify(sender, arena, part->ask.issuer,
				part->answer.notification_id,
				"credential_failure");
	return err;
}

static yf_err keep_part(struct yf_holder *holder, struct yf_arena *arena,
			struct yf_sender *sender, struct yf_lease_entry *entry,
			const struct part *part, struct yf_received *out)
{
	const size_t before = out->count;

	entry->transaction_id = part->answer.transaction_id;
	if (!part->answer.credentials) {
		entry->interval_s = part->answer.interval_s;
		entry->next_s = yf_holder_now_s(holder) + entry->interval_s;
		out->interval_s = entry->interval_s;
		out->waiting++;
		return YF_OK;
	}
	YF_TRY(yf_batch_keep(&entry->batch, holder, &part->checked, out));
	yf_batch_wipe(&entry->batch);
	entry->card = out->held[before]->card;
	yf_batch_notify(sender, arena, part->ask.issuer,
			part->answer.notification_id, "credential_accepted");
	return YF_OK;
}

static yf_err save_lease(const struct yf_holder *holder,
			 const struct yf_lease *lease, size_t waiting)
{
	if (holder->options.folder)
		return yf_lease_save(holder->options.folder, lease);
	return waiting ? YF_FAIL(UNSUPPORTED) : YF_OK;
}

static yf_err get_all(struct yf_holder *holder, struct yf_arena *arena,
		      const struct plan *plan, struct yf_sender *sender,
		      struct yf_lease *lease, struct yf_received *out)
{
	struct part *parts = YF_NEW(arena, struct part, plan->count);

	if (!parts)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < plan->count; i++) {
		struct yf_lease_entry *entry = &lease->entries[i];
		parts[i].ask = (struct yf_batch_ask){
			.issuer = &plan->issuer,
			.configuration = &plan->configurations[i],
			.identifier = yf_grant_identifier(
				&plan->granted, plan->configurations[i].id),
			.client_id = plan->granted.client_id,
		};
		entry->configuration_id = plan->configurations[i].id;
		entry->identifier = parts[i].ask.identifier;
		entry->copies = plan->copies;
		lease->count++;
		YF_TRY(yf_batch_fill(&entry->batch, plan->copies));
		YF_TRY(yf_batch_request(&entry->batch, sender, arena,
					&parts[i].ask, &parts[i].answer));
		YF_TRY(check_part(holder, arena, sender, &entry->batch,
				  &parts[i]));
	}
	for (size_t i = 0; i < plan->count; i++)
		YF_TRY(keep_part(holder, arena, sender, &lease->entries[i],
				 &parts[i], out));
	return save_lease(holder, lease, out->waiting);
}

yf_err yf_holder_receive(struct yf_holder *holder, struct yf_arena *arena,
			 const struct yf_receive_ask *ask,
			 struct yf_received *out)
{
	const yf_uuid id = yf_uuid_new(yf_holder_now_s(holder));
	struct plan *plan = YF_NEW(arena, struct plan, 1);
	struct yf_received got = { 0 };
	const struct yf_granted *granted = &plan->granted;
	YF_AUTO_LEASE lease = { 0 };

	if (!plan)
		return YF_FAIL(MEMORY);
	YF_TRY(make_plan(holder, arena, ask, plan));
	YF_TRY(yf_key_new(&lease.key));
	struct yf_sender sender = {
		.wire = &holder->options.wire,
		.clock = &holder->options.clock,
		.key = lease.key,
	};
	YF_TRY(get_token(holder, arena, ask, plan, &sender, &plan->granted));
	carry(&sender, granted->access_token);
	lease.id = yf_uuid_str(&id);
	lease.issuer = plan->issuer.issuer;
	lease.server = plan->issuer.authorization_server;
	lease.client_id = granted->client_id;
	lease.access_token = granted->access_token;
	lease.refresh_token = granted->refresh_token;
	got.skipped = plan->skipped;
	YF_TRY(get_all(holder, arena, plan, &sender, &lease, &got));
	*out = got;
	return YF_OK;
}

/* --- coming back --- */

struct renewal {
	struct yf_holder *holder;
	struct yf_arena *arena;
	const struct yf_refresh_ask *ask;
	struct yf_lease *lease;
	struct yf_issuer_metadata issuer;
	struct yf_sender sender;
	struct yf_refreshed *out;
	bool has_token; /* a new one, in this run */
};

/* Copies of a card that are neither shown nor about to expire. */
static size_t fresh_copies(const struct renewal *renewal, yf_str card,
			   bool *exists)
{
	const struct yf_purse *purse = renewal->holder->purse;
	const int64_t until_s =
		yf_holder_now_s(renewal->holder) + renewal->ask->ahead_s;
	size_t fresh = 0;

	*exists = false;
	for (size_t i = 0; i < yf_purse_count(purse); i++) {
		const struct yf_held *held = yf_purse_at(purse, i);
		if (!yf_str_eq(held->card, card))
			continue;
		*exists = true;
		fresh += !held->shown &&
			 !(held->expires_s && held->expires_s <= until_s);
	}
	return fresh;
}

static bool is_due(const struct renewal *renewal,
		   const struct yf_lease_entry *entry)
{
	const struct yf_lease *lease = renewal->lease;
	bool exists;

	if (entry->transaction_id.len)
		return renewal->ask->early ||
		       entry->next_s <= yf_holder_now_s(renewal->holder);
	if (!lease->refresh_token.len || !entry->card.len)
		return false;
	const size_t fresh = fresh_copies(renewal, entry->card, &exists);
	return exists && (renewal->ask->early || fresh == 0);
}

static yf_err get_new_token(struct renewal *renewal)
{
	struct yf_lease *lease = renewal->lease;
	struct yf_server_metadata server;
	struct yf_granted granted;

	YF_TRY(load_server(renewal->holder, renewal->arena, lease->server,
			   &server));
	carry(&renewal->sender, (yf_str){ 0 });
	YF_TRY(yf_grant_refresh(&renewal->sender, renewal->arena,
				server.token_endpoint, lease->client_id,
				lease->refresh_token, &granted));
	lease->access_token = granted.access_token;
	lease->refresh_token = granted.refresh_token;
	carry(&renewal->sender, granted.access_token);
	renewal->has_token = true;
	/* The old refresh token may be spent from now on. */
	return yf_lease_save(renewal->holder->options.folder, lease);
}

static yf_err ask_issuer(struct renewal *renewal, struct yf_lease_entry *entry,
			 struct part *part)
{
	if (!entry->transaction_id.len) {
		if (!renewal->has_token)
			YF_TRY(get_new_token(renewal));
		yf_batch_wipe(&entry->batch);
		YF_TRY(yf_batch_fill(&entry->batch, copies_of(&renewal->issuer,
							      entry->copies)));
		return yf_batch_request(&entry->batch, &renewal->sender,
					renewal->arena, &part->ask,
					&part->answer);
	}
	const yf_err err = yf_batch_ask_again(
		&entry->batch, &renewal->sender, renewal->arena, &part->ask,
		entry->transaction_id, &part->answer);
	if (err.code != YF_CODE_INVALID_TOKEN ||
	    !renewal->lease->refresh_token.len || renewal->has_token)
		return err;
	YF_TRY(get_new_token(renewal));
	return yf_batch_ask_again(&entry->batch, &renewal->sender,
				  renewal->arena, &part->ask,
				  entry->transaction_id, &part->answer);
}

/* The copies that the new ones take the place of. */
static yf_err drop_card(struct yf_purse *purse, yf_str card)
{
	for (size_t i = yf_purse_count(purse); i-- > 0;) {
		const struct yf_held *held = yf_purse_at(purse, i);
		if (yf_str_eq(held->card, card))
			YF_TRY(yf_purse_remove(purse, held));
	}
	return YF_OK;
}

static yf_err renew_entry(struct renewal *renewal, struct yf_lease_entry *entry)
{
	const yf_str old = entry->card;
	struct yf_received *received = &renewal->out->received;
	struct yf_configuration configuration;
	struct part part = { 0 };

	YF_TRY(yf_configuration_find(&renewal->issuer, entry->configuration_id,
				     &configuration));
	part.ask = (struct yf_batch_ask){
		.issuer = &renewal->issuer,
		.configuration = &configuration,
		.identifier = entry->identifier,
		.client_id = renewal->lease->client_id,
	};
	YF_TRY(ask_issuer(renewal, entry, &part));
	YF_TRY(check_part(renewal->holder, renewal->arena, &renewal->sender,
			  &entry->batch, &part));
	YF_TRY(keep_part(renewal->holder, renewal->arena, &renewal->sender,
			 entry, &part, received));
	if (part.answer.credentials && old.len) {
		renewal->out->renewed++;
		YF_TRY(drop_card(renewal->holder->purse, old));
	}
	return YF_OK;
}

/* What no later try can mend: the person was refused, or it was delivered. */
static bool is_final(yf_err err)
{
	return err.code == YF_CODE_REQUEST_DENIED ||
	       err.code == YF_CODE_INVALID_TRANSACTION_ID;
}

static yf_err renew(struct renewal *renewal)
{
	struct yf_lease *lease = renewal->lease;
	yf_err first = YF_OK;

	YF_TRY(load_issuer(renewal->holder, renewal->arena, lease->issuer,
			   &renewal->issuer));
	carry(&renewal->sender, lease->access_token);
	for (size_t i = 0; i < lease->count; i++) {
		struct yf_lease_entry *entry = &lease->entries[i];
		if (!is_due(renewal, entry))
			continue;
		const yf_err err = renew_entry(renewal, entry);
		if (is_final(err))
			entry->transaction_id = (yf_str){ 0 };
		if (yf_failed(err) && !yf_failed(first))
			first = err;
	}
	YF_TRY(yf_lease_save(renewal->holder->options.folder, lease));
	return first;
}

static bool anything_due(const struct renewal *renewal)
{
	for (size_t i = 0; i < renewal->lease->count; i++)
		if (is_due(renewal, &renewal->lease->entries[i]))
			return true;
	return false;
}

static yf_err refresh_one(struct yf_holder *holder, struct yf_arena *arena,
			  const struct yf_refresh_ask *ask, yf_str id,
			  struct yf_refreshed *out)
{
	YF_AUTO_LEASE lease = { 0 };

	YF_TRY(yf_lease_load(arena, holder->options.folder, id, &lease));
	struct renewal renewal = {
		.holder = holder,
		.arena = arena,
		.ask = ask,
		.lease = &lease,
		.sender = { .wire = &holder->options.wire,
			    .clock = &holder->options.clock,
			    .key = lease.key },
		.out = out,
	};
	if (anything_due(&renewal))
		return renew(&renewal);
	for (size_t i = 0; i < lease.count; i++)
		out->received.waiting +=
			lease.entries[i].transaction_id.len > 0;
	return YF_OK;
}

yf_err yf_holder_refresh(struct yf_holder *holder, struct yf_arena *arena,
			 const struct yf_refresh_ask *ask,
			 struct yf_refreshed *out)
{
	struct yf_refreshed got = { 0 };
	const yf_str *ids = NULL;
	size_t count = 0;

	if (holder->options.folder)
		YF_TRY(yf_lease_list(arena, holder->options.folder, &ids,
				     &count));
	for (size_t i = 0; i < count; i++) {
		const yf_err err =
			refresh_one(holder, arena, ask, ids[i], &got);
		if (!yf_failed(err))
			continue;
		if (err.code == YF_CODE_MEMORY)
			return err;
		got.failed++;
		got.why = err;
	}
	*out = got;
	return YF_OK;
}
