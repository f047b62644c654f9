#pragma once

#include "demo/head.h"
#include "face/look.h"

/*
 * What the engine would see of an invented person: the 68 points of a head
 * of its own, in true perspective, with noise.  No picture is involved.
 */
struct actor {
	float head[YF_FACE_POINTS][3];
	float descriptor[YF_FACE_DESCRIPTOR];
	float distance; /* usual one, in eye distances */
	float noise;    /* of a point, in eye distances, standard deviation */
	bool flat;      /* a picture of that head instead */
	bool zoomed;    /* grows by a lens instead of coming closer */
	uint64_t random;
};

/* Same number, same person. */
struct actor actor_new(uint64_t number);

/* 0 .. 1, from the actor's own sequence. */
float actor_chance(struct actor *actor);

struct yf_look actor_look(struct actor *actor, const struct yf_head_pose *pose,
			  bool described);
