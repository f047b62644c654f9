#include "card/card.h"

#include "card/face_api.h"
#include "card/metadata_api.h"
#include "card/oauth_api.h"
#include "card/proofing_api.h"
#include "card/status_api.h"
#include "card/vci_api.h"

enum {
	FORM_MAX = 16 * 1024,
	JSON_MAX = 128 * 1024,
	FRAME_MAX = 512 * 1024,
};

#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json"

#define PUBLIC YF_ROUTE_CORS
#define OAUTH (YF_ROUTE_CORS | YF_ROUTE_OAUTH)
#define RESOURCE (YF_ROUTE_CORS | YF_ROUTE_OAUTH | YF_ROUTE_RESOURCE)

#define WELL_KNOWN(name, handler)                                            \
	{ YF_GET, "/.well-known/" name, handler, 0, NULL, PUBLIC },          \
	{                                                                    \
		YF_GET, "/.well-known/" name "/{rest...}", handler, 0, NULL, \
			PUBLIC                                               \
	}

struct yf_routes yf_card_routes(void)
{
	static const struct yf_route routes[] = {
		WELL_KNOWN("openid-credential-issuer", yf_issuer_metadata_get),
		WELL_KNOWN("oauth-authorization-server",
			   yf_server_metadata_get),
		WELL_KNOWN("oauth-protected-resource",
			   yf_resource_metadata_get),
		WELL_KNOWN("jwt-vc-issuer", yf_vc_issuer_metadata_get),
		{ YF_GET, "/types/{name}", yf_type_metadata_get, 0, NULL,
		  PUBLIC },
		{ YF_POST, "/oauth/par", yf_par_post, FORM_MAX, FORM, OAUTH },
		{ YF_GET, "/oauth/authorize", yf_authorize_get, 0, NULL, 0 },
		{ YF_POST, "/oauth/token", yf_token_post, FORM_MAX, FORM,
		  OAUTH },
		{ YF_POST, "/oauth/challenge", yf_challenge_post, FORM_MAX,
		  NULL, OAUTH },
		{ YF_GET, "/oauth/proof/state", yf_proof_state_get, 0, NULL,
		  0 },
		{ YF_POST, "/oauth/proof/identify", yf_proof_identify_post,
		  FORM_MAX, JSON, 0 },
		{ YF_POST, "/oauth/proof/consent", yf_proof_consent_post,
		  FORM_MAX, JSON, 0 },
		{ YF_POST, "/oauth/proof/attempt", yf_proof_attempt_post,
		  FORM_MAX, JSON, 0 },
		{ YF_POST, "/oauth/proof/frame", yf_proof_frame_post, FRAME_MAX,
		  "image/jpeg", 0 },
		{ YF_POST, "/oauth/proof/trouble", yf_proof_trouble_post,
		  FORM_MAX, JSON, 0 },
		{ YF_POST, "/oauth/proof/cancel", yf_proof_cancel_post,
		  FORM_MAX, JSON, 0 },
		{ YF_POST, "/vci/nonce", yf_nonce_post, FORM_MAX, NULL, OAUTH },
		{ YF_POST, "/vci/credential", yf_credential_post, JSON_MAX,
		  NULL, RESOURCE },
		{ YF_POST, "/vci/deferred", yf_deferred_post, FORM_MAX, NULL,
		  RESOURCE },
		{ YF_POST, "/vci/notification", yf_notification_post, FORM_MAX,
		  JSON, RESOURCE },
		{ YF_GET, "/vci/offers/{id}", yf_offer_get, 0, NULL, PUBLIC },
		{ YF_GET, "/face", yf_face_get, 0, NULL, PUBLIC },
		{ YF_GET, "/face/certificate", yf_face_certificate_get, 0, NULL,
		  PUBLIC },
		{ YF_GET, "/status", yf_status_lists_get, 0, NULL, PUBLIC },
		{ YF_GET, "/status/{n}", yf_status_get, 0, NULL, PUBLIC },
	};

	return YF_ROUTES(routes);
}
