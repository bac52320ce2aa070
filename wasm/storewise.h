/* The C ABI of the engine: everything that crosses between JavaScript and storewise.wasm.
 *
 * Ownership: memory that the caller takes from sw_alloc the caller gives back by sw_free, except
 * for the bytes given to sw_open, which belong to the engine from then on, whatever it answers.
 * What the engine returns (results, output tensors) belongs to the engine and is valid until the
 * next call.
 *
 * Errors: a function that fails says so by its return value; sw_result is then one JSON object
 *   {"code":"invalid-model","message":"...","file":"","place":"","expected":"","found":""}
 * with the codes invalid-model, unsupported, invalid-input, invalid-request, invalid-handle and
 * out-of-memory. After an error everything that was open still is, and the next call works.
 *
 * Not thread-safe. Texts are UTF-8 without a terminating zero; lengths are bytes.
 */
#ifndef STOREWISE_WASM_STOREWISE_H_
#define STOREWISE_WASM_STOREWISE_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The functions below are the module's exports, besides memory and _initialize (call that one
 * first): wasm/CMakeLists.txt reads their names here. */

/* What sw_open opens, each from the bytes of one file; HACKING.md describes the formats. */
enum {
  SW_MODEL = 1,     /* ONNX; the weights are used where they lie */
  SW_CATALOGUE = 2, /* catalogue.json */
  SW_FAQ = 3,       /* faq.json */
  SW_OFFERS = 4,    /* offers.json */
  SW_RULES = 5,     /* rules.json */
  SW_SHOP = 6,      /* {"catalogue":h,"recommender":h|0,"classifier":h|0,"faq":h|0,"offers":h|0,
                       "rules":h|0,"intents":h|0}: handles of the others, which stay in use until
                       the shop closes */
  SW_INTENTS = 8    /* ONNX, of visits (src/behaviour/intents.h); 7 is a visit */
};

/* 48 bytes in wasm32. `type` is ONNX's number (1 float, 7 int64, ...); elements are row-major and
 * little-endian, and lie at a multiple of their size; of the 4-bit types two share a byte, the
 * first in its low half. Strings (type 8) are n + 1 uint32 offsets, the first 0, then the UTF-8
 * characters that they count: string i goes from offset i to offset i + 1. A map is two inputs,
 * keys and values. */
struct sw_tensor {
  int32_t type;
  int32_t rank; /* 0..8 */
  int32_t dims[8];
  void* data;
  uint32_t bytes;
};

/* The version of this ABI: 1. */
uint32_t sw_version(void);

/* `bytes` of memory at a multiple of 16; null when there is no more. */
void* sw_alloc(uint32_t bytes);
/* Null is allowed. */
void sw_free(void* memory);

/* Opens `bytes` (from sw_alloc). `name` is what errors call it. A handle above 0, or 0 on error. */
int32_t sw_open(int32_t kind, void* bytes, uint32_t length, const char* name, uint32_t name_length);
/* 0, or -1 for a handle that is not open or that a shop or visit still uses. */
int32_t sw_close(int32_t handle);

/* Runs a model. `tensors` holds the inputs in the model's order, then room for all its outputs,
 * which point into the engine until the next call on that model. 0, or -1 on error. */
int32_t sw_run(int32_t model, struct sw_tensor* tensors, uint32_t inputs, uint32_t outputs);

/* Takes a model's answer to one row apart (src/behaviour/explainer.h), for score number `score`: of
 * a classifier its class, of a regression 0. `tensors` holds the inputs, then room for five: base
 * double [], contributions double [features], features float [features], weights double [features]
 * (a linear model's, else []), path double [steps * 3] (a single tree's, else []). They point into
 * the engine until the next call on that model. 0, or -1: "unsupported" for another kind of model.
 */
int32_t sw_explain(int32_t model, struct sw_tensor* tensors, uint32_t inputs, uint32_t score);

/* The likeliest replies of a model of replies (src/answer/reply_model.h) to a question, of those
 * that are approved (src/answer/replies.h has the rules). `tensors` holds five inputs: question
 * int64 [words, features], pieces int32 [n], begins int32 [sentences + 1], groups int32
 * [sentences], next int32 [groups + 1]; then room for two: sentences int32 [replies, 8], each
 * reply's places in the approved sentences with -1 behind the last, and probabilities double
 * [replies], best first, at most `beams`. `most`: sentences in a reply. They point into the engine
 * until the next call. 0, or -1.
 */
int32_t sw_reply(int32_t model, struct sw_tensor* tensors, uint32_t beams, uint32_t most);

/* One JSON request {"method":"...",...} to a model, a shop or a visit; methods.h lists them. 0 with
 * the response as result, or -1. */
int32_t sw_call(int32_t handle, const char* json, uint32_t length);

/* The JSON of the last sw_open, sw_close, sw_run, sw_explain, sw_reply or sw_call; empty where
 * there is nothing to say.
 */
const char* sw_result(void);
uint32_t sw_result_length(void);

#ifdef __cplusplus
}
#endif

#endif /* STOREWISE_WASM_STOREWISE_H_ */
