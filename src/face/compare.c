#include "face/compare.h"

#include <math.h>
#include <stdlib.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

bool yf_template_make(const float *from, size_t len, int8_t *out)
{
	float largest = 0;

	for (size_t i = 0; i < len; i++) {
		if (!isfinite(from[i]))
			return false;
		largest = fmaxf(largest, fabsf(from[i]));
	}
	if (!(largest > 1e-6f && largest < 1e6f))
		return false;
	for (size_t i = 0; i < len; i++)
		out[i] = (int8_t)lroundf(from[i] / largest *
					 YF_TEMPLATE_LARGEST);
	return true;
}

/* In every caller, so that the sums stay in registers. */
#define INLINE static inline __attribute__((always_inline))

/* a a, a b and b b, from which the angle follows. */
struct products {
	int32_t aa, ab, bb;
};

INLINE float distance_of(struct products p)
{
	const float squares = (float)p.aa * (float)p.bb;
	const float cosine = (float)p.ab / __builtin_sqrtf(squares);
	const float apart = 2 - 2 * cosine;

	if (!(squares > 0))
		return 2;
	return apart > 0 ? __builtin_sqrtf(apart) : 0;
}

INLINE struct products add_plain(struct products p, const int8_t *a,
				 const int8_t *b, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		p.aa += a[i] * a[i];
		p.ab += a[i] * b[i];
		p.bb += b[i] * b[i];
	}
	return p;
}

float yf_template_distance_plain(const int8_t *a, const int8_t *b, size_t len)
{
	return distance_of(add_plain((struct products){ 0 }, a, b, len));
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))

/* 16 numbers, as 16 bits each. */
AVX2 INLINE __m256i load16(const int8_t *at)
{
	return _mm256_cvtepi8_epi16(
		_mm_loadu_si128((const __m128i *)(const void *)at));
}

/* Products of 32 numbers, as eight sums. */
AVX2 INLINE __m256i products32(__m256i x0, __m256i x1, __m256i y0, __m256i y1)
{
	return _mm256_add_epi32(_mm256_madd_epi16(x0, y0),
				_mm256_madd_epi16(x1, y1));
}

/* distance_of(), without leaving the vector registers. */
AVX2 INLINE float fold(__m256i aa, __m256i ab, __m256i bb)
{
	const __m256i pairs = _mm256_hadd_epi32(_mm256_hadd_epi32(aa, ab),
						_mm256_hadd_epi32(bb, bb));
	const __m128 sums = _mm_cvtepi32_ps(
		_mm_add_epi32(_mm256_castsi256_si128(pairs),
			      _mm256_extracti128_si256(pairs, 1)));
	const __m128 product = _mm_shuffle_ps(sums, sums, 1);
	const __m128 squares = _mm_mul_ss(sums, _mm_shuffle_ps(sums, sums, 2));
	const __m128 cosine = _mm_div_ss(product, _mm_sqrt_ss(squares));
	const __m128 apart =
		_mm_sub_ss(_mm_set_ss(2), _mm_add_ss(cosine, cosine));

	if (!(_mm_cvtss_f32(squares) > 0))
		return 2;
	return _mm_cvtss_f32(_mm_sqrt_ss(_mm_max_ss(_mm_setzero_ps(), apart)));
}

/* len is a multiple of 32. */
AVX2 static float distance_avx2(const int8_t *a, const int8_t *b, size_t len)
{
	__m256i aa = _mm256_setzero_si256(), ab = aa, bb = aa;

	for (size_t i = 0; i < len; i += 32) {
		const __m256i x0 = load16(a + i), x1 = load16(a + i + 16);
		const __m256i y0 = load16(b + i), y1 = load16(b + i + 16);
		aa = _mm256_add_epi32(aa, products32(x0, x1, x0, x1));
		ab = _mm256_add_epi32(ab, products32(x0, x1, y0, y1));
		bb = _mm256_add_epi32(bb, products32(y0, y1, y0, y1));
	}
	return fold(aa, ab, bb);
}

#define VNNI __attribute__((target("avx2,avx512bw,avx512vl,avx512vnni")))

VNNI INLINE __m256i halve(__m512i sums)
{
	return _mm256_add_epi32(_mm512_castsi512_si256(sums),
				_mm512_extracti64x4_epi64(sums, 1));
}

/* 64 numbers; -128, of which there is no absolute value, counts as -127. */
VNNI INLINE __m512i load64(const int8_t *at)
{
	return _mm512_max_epi8(_mm512_loadu_si512(at), _mm512_set1_epi8(-127));
}

/*
 * 128 numbers with an instruction that sums four products of an unsigned and a
 * signed one: |x| times y with the sign of x.
 */
VNNI static float distance_vnni(const int8_t *a, const int8_t *b)
{
	__m512i aa = _mm512_setzero_si512(), ab = aa, bb = aa;

#pragma GCC unroll 2
	for (size_t i = 0; i < 128; i += 64) {
		const __m512i x = load64(a + i), y = load64(b + i);
		const __m512i far_x = _mm512_abs_epi8(x);
		const __m512i far_y = _mm512_abs_epi8(y);
		const __m512i turned = _mm512_mask_sub_epi8(
			y, _mm512_movepi8_mask(x), _mm512_setzero_si512(), y);
		aa = _mm512_dpbusd_epi32(aa, far_x, far_x);
		ab = _mm512_dpbusd_epi32(ab, far_x, turned);
		bb = _mm512_dpbusd_epi32(bb, far_y, far_y);
	}
	return fold(halve(aa), halve(ab), halve(bb));
}

float yf_template_distance(const int8_t *a, const int8_t *b, size_t len)
{
	if (len == 128 && __builtin_cpu_supports("avx512vnni"))
		return distance_vnni(a, b);
	if (len % 32 == 0 && __builtin_cpu_supports("avx2"))
		return distance_avx2(a, b, len);
	return yf_template_distance_plain(a, b, len);
}
#elif defined(__aarch64__)
INLINE int32x4_t add_product(int32x4_t sum, int8x16_t x, int8x16_t y)
{
	sum = vpadalq_s16(sum, vmull_s8(vget_low_s8(x), vget_low_s8(y)));
	return vpadalq_s16(sum, vmull_high_s8(x, y));
}

float yf_template_distance(const int8_t *a, const int8_t *b, size_t len)
{
	int32x4_t aa = vdupq_n_s32(0), ab = aa, bb = aa;
	size_t i = 0;

	for (; i + 16 <= len; i += 16) {
		const int8x16_t x = vld1q_s8(a + i), y = vld1q_s8(b + i);
		aa = add_product(aa, x, x);
		ab = add_product(ab, x, y);
		bb = add_product(bb, y, y);
	}
	return distance_of(
		add_plain((struct products){ vaddvq_s32(aa), vaddvq_s32(ab),
					     vaddvq_s32(bb) },
			  a + i, b + i, len - i));
}
#else
float yf_template_distance(const int8_t *a, const int8_t *b, size_t len)
{
	return yf_template_distance_plain(a, b, len);
}
#endif
