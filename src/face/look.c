#include "face/look.h"

#include <math.h>

float yf_look_distance(const float a[static YF_FACE_DESCRIPTOR],
		       const float b[static YF_FACE_DESCRIPTOR])
{
	float squares = 0;

	for (int i = 0; i < YF_FACE_DESCRIPTOR; i++)
		squares += (a[i] - b[i]) * (a[i] - b[i]);
	return sqrtf(squares);
}

float yf_look_apart(const uint8_t a[static YF_LOOK_GLANCE],
		    const uint8_t b[static YF_LOOK_GLANCE])
{
	uint32_t squares = 0;

	for (int i = 0; i < YF_LOOK_GLANCE; i++) {
		const int8_t apart = (int8_t)(uint8_t)(a[i] - b[i]);
		squares += (uint32_t)(apart * apart);
	}
	return sqrtf((float)squares / YF_LOOK_GLANCE) / 32;
}
