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
