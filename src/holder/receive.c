#include "holder/receive.h"

#include "holder/batch.h"
#include "holder/link.h"

/* Everything that is to be known before a token is asked for. */
struct plan {
	struct yf_credential_offer offer;
	bool has_offer;
	struct yf_issuer_metadata issuer;
	struct yf_server_metadata server;
	struct yf_configuration configuration;
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

static yf_err choose_configuration(const struct yf_receive_ask *ask,
				   struct plan *plan)
{
	const struct yf_json *all = plan->issuer.configurations;
	yf_err err = YF_FAIL(UNSUPPORTED);

	if (ask->configuration_id.len)
		return yf_configuration_find(&plan->issuer,
					     ask->configuration_id,
					     &plan->configuration);
	const size_t count =
		plan->has_offer ? plan->offer.configuration_count : all->count;
	for (size_t i = 0; i < count; i++) {
		err = yf_configuration_find(
			&plan->issuer,
			plan->has_offer ? plan->offer.configurations[i]
					: all->items[i].name,
			&plan->configuration);
		if (!yf_failed(err))
			break;
	}
	return err;
}

static yf_err make_plan(const struct yf_holder *holder, struct yf_arena *arena,
			const struct yf_receive_ask *ask, struct plan *plan)
{
	const struct yf_json *tree;
	yf_str issuer = ask->issuer;

	plan->has_offer = ask->link.len > 0;
	if (plan->has_offer) {
		YF_TRY(read_offer(holder, arena, ask->link, &plan->offer));
		issuer = plan->offer.issuer;
	}
	YF_TRY(get_well_known(holder, arena, issuer, "openid-credential-issuer",
			      &tree));
	YF_TRY(yf_issuer_metadata_take(tree, issuer, &plan->issuer));
	YF_TRY(choose_server(&plan->offer, &plan->issuer));
	YF_TRY(choose_configuration(ask, plan));
	YF_TRY(get_well_known(holder, arena, plan->issuer.authorization_server,
			      "oauth-authorization-server", &tree));
	return yf_server_metadata_take(tree, plan->issuer.authorization_server,
				       &plan->server);
}

static yf_err get_token(const struct yf_holder *holder, struct yf_arena *arena,
			const struct yf_receive_ask *ask,
			const struct plan *plan, struct yf_sender *sender,
			struct yf_granted *out)
{
	const bool by_offer = plan->offer.pre_authorized_code.len > 0;
	const struct yf_grant_ask grant = {
		.server = &plan->server,
		.client_id = holder->options.client_id,
		.redirect_uri = holder->options.redirect_uri,
		.scope = plan->configuration.scope,
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
	/* HAIP 1.0 section 4.1: scope is how a configuration is asked for. */
	if (!by_offer && !plan->configuration.scope.len)
		return YF_FAIL(UNSUPPORTED);
	return yf_grant(sender, arena, &grant, out);
}

static size_t copies_of(const struct yf_receive_ask *ask,
			const struct yf_issuer_metadata *issuer)
{
	size_t copies = ask->copies ? ask->copies : 1;

	if ((int64_t)copies > issuer->batch_size)
		copies = (size_t)issuer->batch_size;
	return copies < YF_RECEIVE_BATCH_MAX ? copies : YF_RECEIVE_BATCH_MAX;
}

yf_err yf_holder_receive(struct yf_holder *holder, struct yf_arena *arena,
			 const struct yf_receive_ask *ask,
			 struct yf_received *out)
{
	struct plan plan = { 0 };
	struct yf_granted granted;
	const struct yf_json *credentials;
	YF_AUTO(key) dpop_key = NULL;
	YF_AUTO_BATCH batch = { 0 };

	YF_TRY(make_plan(holder, arena, ask, &plan));
	YF_TRY(yf_key_new(&dpop_key));
	struct yf_sender sender = {
		.wire = &holder->options.wire,
		.clock = &holder->options.clock,
		.key = dpop_key,
	};
	YF_TRY(get_token(holder, arena, ask, &plan, &sender, &granted));

	/* RFC 9449 section 8.2: nonces belong to the server that gave them. */
	sender.nonce = (yf_str){ 0 };
	sender.access_token = granted.access_token;
	const struct yf_batch_ask batch_ask = {
		.issuer = &plan.issuer,
		.configuration = &plan.configuration,
		.granted = &granted,
	};
	YF_TRY(yf_batch_fill(&batch, copies_of(ask, &plan.issuer)));
	YF_TRY(yf_batch_request(&batch, &sender, arena, &batch_ask,
				&credentials));
	return yf_batch_keep(&batch, holder, arena, &batch_ask, credentials,
			     out);
}
