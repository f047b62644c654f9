#include <stdint.h>
#include <stdlib.h>

#include "holder/grant.h"
#include "holder/link.h"
#include "holder/metadata.h"
#include "holder/offer.h"

/*
 * What a holder reads of strangers.  The first byte chooses the reader; what
 * is accepted must have what the reader promises.
 */
enum { ARENA = 8 * 1024 * 1024 };

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void read_link(struct yf_arena *arena, yf_str text)
{
	struct yf_link link;

	if (yf_failed(yf_link_parse(arena, text, &link)))
		return;
	if (link.kind == YF_LINK_OFFER)
		must((link.offer.len > 0) != (link.reference.len > 0));
	else
		must(link.client_id.len > 0 && link.reference.len > 0);
}

static void read_offer(struct yf_arena *arena, yf_str text)
{
	struct yf_credential_offer offer;

	if (yf_failed(yf_offer_parse(arena, text, &offer)))
		return;
	must(offer.configuration_count > 0 &&
	     offer.configuration_count <= YF_OFFER_CONFIGURATIONS_MAX);
	for (size_t i = 0; i < offer.configuration_count; i++)
		must(offer.configurations[i].len > 0);
	must(!offer.wants_tx_code || offer.pre_authorized_code.len > 0);
}

static void read_issuer(struct yf_arena *arena, yf_str text)
{
	const yf_str issuer = YF_STR("https://i");
	struct yf_configuration configuration;
	struct yf_issuer_metadata metadata;
	const struct yf_json *tree;

	if (yf_failed(yf_json_parse(arena, text, &tree)) ||
	    yf_failed(yf_issuer_metadata_take(tree, issuer, &metadata)))
		return;
	must(yf_str_eq(metadata.issuer, issuer));
	must(metadata.batch_size >= 1 && metadata.authorization_server.len);
	for (size_t i = 0; i < metadata.configurations->count; i++)
		if (!yf_failed(yf_configuration_find(
			    &metadata, metadata.configurations->items[i].name,
			    &configuration)))
			must(configuration.type.len > 0);
}

static void read_server(struct yf_arena *arena, yf_str text)
{
	struct yf_server_metadata metadata;
	const struct yf_json *tree;

	if (yf_failed(yf_json_parse(arena, text, &tree)) ||
	    yf_failed(yf_server_metadata_take(tree, YF_STR("https://i"),
					      &metadata)))
		return;
	must(!metadata.authorize_endpoint.len || metadata.par_endpoint.len);
}

static void read_answer(struct yf_arena *arena, yf_str text)
{
	yf_str code = { 0 };

	if (yf_failed(yf_grant_answer(arena, text, YF_STR("https://w/"),
				      YF_STR("s"), YF_STR("i"), &code)))
		return;
	must(code.len > 0 && yf_str_starts(text, YF_STR("https://w/?")));
}

static void read_refusal(struct yf_arena *arena, yf_str text)
{
	const struct yf_fetch_header header = { YF_STR("WWW-Authenticate"),
						text };
	const struct yf_fetched in_body = { .status = 400, .body = text };
	const struct yf_fetched in_header = {
		.status = 401,
		.headers = &header,
		.header_count = 1,
	};

	must(yf_failed(yf_wire_refusal(arena, &in_body)));
	must(yf_failed(yf_wire_refusal(arena, &in_header)));
}

static void read_identifier(struct yf_arena *arena, yf_str text)
{
	yf_str url;

	if (yf_failed(yf_well_known(arena, text, "x", &url)))
		return;
	must(url.len >= text.len + strlen("/.well-known/x") - 1 ||
	     yf_str_count(text, '?') > 0);
}

static void (*const readers[])(struct yf_arena *arena, yf_str text) = {
	read_link,   read_offer,   read_issuer,     read_server,
	read_answer, read_refusal, read_identifier,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	YF_AUTO(arena) arena = yf_arena_new(ARENA);
	must(arena != NULL);
	readers[data[0] % YF_COUNT(readers)](
		arena, (yf_str){ (const char *)data + 1, len - 1 });
	return 0;
}
