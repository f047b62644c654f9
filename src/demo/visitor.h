#pragma once

#include "demo/story.h"
#include "holder/grant.h"

/*
 * Somebody at the authorization endpoint without a browser: says who they
 * are, agrees to the face check, and shows the camera a sample picture on a
 * head that does what is asked.  All of it over HTTP, as a browser would
 * (doc/api.md, "Proofing").  Demo only: the frames come from /demo/head.jpg.
 */
struct yf_visitor {
	/* set by the caller */
	yf_str url; /* of the city */
	yf_str number;
	yf_str name;
	yf_str picture; /* id of /demo/pictures; empty: a covered camera */
	struct yf_clock clock;
	struct yf_story *story;
	struct yf_arena *arena; /* of what follows */
	/* how it ended */
	yf_str state;
	yf_str reason; /* why the attempt failed; empty when it did not */
	yf_str service_point; /* the number; empty when there is none */
	int64_t tries_left;
	unsigned frames;
};

/*
 * The login step; `visitor` outlives it.  One attempt, and more only when the
 * machine was too slow: DENIED when the city did not recognize the person,
 * with `state` and `reason` set.
 */
struct yf_login yf_visitor_login(struct yf_visitor *visitor);
