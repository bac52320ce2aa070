/* The C interface of storewise's trainer (storewise-train.wasm), loaded by the command line and by
 * build pages only. This header is the list of what the module exports.
 *
 * One blocking call trains, rewrites or examines one model. Ownership: what the caller allocates
 * with swt_alloc it frees with swt_free; the model and the result belong to the module until the
 * next call, and the caller copies them out. Not reentrant: one thread, one call at a time. No call
 * throws or traps on bad input; running out of memory ends a call with the code "out-of-memory".
 *
 * Besides wasi's proc_exit and emscripten's memory notice, the module imports
 * storewise.progress(phase, phase_length, done, total), called now and then while it trains; the
 * phase is ASCII in the module's memory for as long as that call lasts.
 */
#ifndef STOREWISE_WASM_TRAIN_H_
#define STOREWISE_WASM_TRAIN_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this interface: 1. */
uint32_t swt_version(void);

/* Memory for arguments, aligned to 16 bytes, or 0 when there is none left. swt_free(0) is fine. */
void* swt_alloc(uint32_t bytes);
void swt_free(void* memory);

/* Trains an item-item recommender. `session` and `item` are numbers from 0, `time_seconds` finite;
 * the three arrays hold `events` entries in any order (equal times keep their order). Options, a
 * JSON object in UTF-8:
 *   items        [string], required: the ids that `item` indexes
 *   tune         "on" or "off" (default): search settings on the latest part of the training time
 *   min_count    least number of sessions of an item; 0 (default) chooses
 *   neighbours   successors kept for each item, at most 256; 0 (default) chooses 20 to 50
 *   holdout      0..0.9, default 0.1: share of the latest sessions that the metrics are made on
 *   ordered      "auto" (default), true, false: whether the order within a session means something
 *   settings     overrides: together, lambda, past_decay, future_decay, recency, size_power,
 *                query_decay, candidates, session_items (numbers), itself (true or false)
 *   seed         default 42
 *   licence, data  copied into the model's metadata
 * Returns 0: swt_model is the ONNX file, swt_result the report
 *   {items, sessions, events, ordered, repeats, tuned, settings, metrics: {k, protocol, queries,
 *    recall, mrr, float, popularity, cooccurrence, own_items, ...} or null, dropped, bytes}.
 * Otherwise swt_result is an error {code, message, file, place, expected, found}. */
int32_t swt_train_recommender(const char* options_json, uint32_t options_length,
                              const int32_t* session, const int32_t* item,
                              const double* time_seconds, uint32_t events);

/* Trains a text classifier. `texts` are NFKC, lower-cased UTF-8 texts one after the other;
 * `text_ends[i]` is the offset behind the i-th, ascending; `labels[i]` indexes options.labels, or
 * is -1 for out of scope. Options:
 *   labels            [string], required, distinct
 *   buckets           hashed features; 0 (default) chooses
 *   cross_validation  0 (default) or 2..20 folds: metrics over all examples, and confusions
 *   epochs            0 (default) chooses
 *   out_of_scope_share  0..0.9: the share of messages out of scope that the model will meet, which
 *                     the threshold weighs; 0 (default) takes the share among the examples
 *   seed              default 42
 *   licence, data     copied into the model's metadata
 * Returns 0: swt_model is the ONNX file, swt_result the report
 *   {classes, examples, buckets, settings, metrics: {accuracy, accuracy_in_scope,
 *    rejected_in_scope, out_of_scope_recall or null, float, calibration_error, examples,
 *    out_of_scope_examples, protocol}, threshold, temperature, confusions: [{label, predicted,
 *    count}], unused_labels, dropped, bytes}.
 * Otherwise swt_result is an error, as above. */
int32_t swt_train_classifier(const char* options_json, uint32_t options_length, const char* texts,
                             const uint32_t* text_ends, const int32_t* labels, uint32_t examples);

/* Rewrites a float ONNX model with int8 weights (src/train/quantize_model.h tells how). Options:
 *   leave         [string]: weights that stay float
 *   only          [string]: when not empty, the only weights that do not
 *   least_saving  bytes that a weight must save; default 512
 * Returns 0: swt_model is the new file, swt_result the report
 *   {bytes_before, bytes_after, opset_before, opset, quantised: [{name, elements, axis, shape,
 *    operators, bytes_before, bytes_after, error}], left: [{name, elements, reason}],
 *    integers_before}.
 * Otherwise swt_result is an error, as above. */
int32_t swt_quantize_model(const char* options_json, uint32_t options_length, const uint8_t* model,
                           uint32_t model_length);

/* What is in an ONNX file, also one that the engine does not run. Returns 0: swt_result is
 *   {bytes, ir_version, producer, opsets, opset, name, inputs, outputs, nodes, subgraphs,
 *    functions, operators, unsupported, tensors, types, metadata} (src/train/inspect_model.h),
 * and there is no model. Otherwise swt_result is an error, as above. */
int32_t swt_inspect_model(const uint8_t* model, uint32_t model_length);

/* The last successful call's ONNX file; length 0 after a failure. */
const uint8_t* swt_model(void);
uint32_t swt_model_length(void);

/* The last call's JSON in UTF-8, not terminated. */
const char* swt_result(void);
uint32_t swt_result_length(void);

#ifdef __cplusplus
}
#endif

#endif /* STOREWISE_WASM_TRAIN_H_ */
