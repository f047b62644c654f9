#pragma once

#include <yufu/face.h>

/*
 * The engine of this project, org.yufu.ref, behind the interface that every
 * engine has: detector, landmarks, description and challenge of face/engine.h
 * and face/liveness.h on the weights of face.model.
 *
 * open(): `model` is a packed model; when it is NULL, face.model in `folder`.
 *
 * A template is the unit mean of the descriptors of its pictures in one
 * signed byte per number, stretched so that the largest is 127; what the
 * stretch was does not matter, because only directions are compared.  The
 * score is 2 minus the distance of the two unit vectors.  log10_fmr comes
 * from the rates in face/match.h, straight between them; nearer than the last
 * of them nothing was measured and nothing more is claimed.
 *
 * A session holds the state of yf_liveness and a check sum over it.  The sum
 * finds damage, not forgery: a host keeps sessions where nobody writes them.
 *
 * It wipes the part of the scratch that it used by itself.
 */
extern const struct yufu_face_engine yf_reference_engine;
