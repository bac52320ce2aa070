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

/* Trains on a table: one model from the columns of a CSV, measured on rows held out. `cells` are
 * [columns][rows]: a number; of a boolean 0 or 1; of a date days since 1970 in UTC, the time of day
 * as a fraction; of a category the place of its level in the column's levels; NaN where the cell is
 * empty. Options:
 *   kind        "tree", "forest", "boosted", "svm", "linear", "logistic", "mlp"; required
 *   columns     [{name, kind: "number" | "boolean" | "date" | "category", levels: [string]}],
 *               required; levels of a category, and what false and true are called
 *   target      the place of its column, required; it is missing nowhere
 *   classes     true: the target's levels are classes; false: it is a number. Required
 *   split       "stratified" (default), "shuffle-numpy" (what numbers always have), "time"
 *   time        the place of the column for "time"
 *   test_share  default 0.2;  test_rows  instead of a split: so many last rows are those to test
 *   folds       of cross-validation within the rows to learn from; 0 (default) is none
 *   balanced    false (default) or true: every class weighs the same
 *   keep        [string]: columns to use although they look like ids or give the target away
 *   depth, min_leaf, min_split, max_leaves, criterion, trees, max_features, rounds, learning_rate,
 *   l2, max_bins, cost, gamma, tube, alpha, l1_ratio, kernel
 *               settings (src/train/table_trainer.h); chosen when left out. Of an mlp those of
 *               swt_train_network from `units` on
 *   seed        default 42, at most 4294967295
 *   licence, data  copied into the model's metadata
 * Returns 0: swt_model is the ONNX file, with one input [n, 1] for each column that is used and the
 * outputs `label` and `probabilities`, or `value`; swt_result the report
 *   {kind, task, target, rows, columns, features, split, settings, labels, metrics, intervals,
 *    baseline: {says, metrics}, importance: [{column, fall}], importance_figure, dependence,
 *    cross_validation or null, weights, confusion, roc, calibration, tree, curve, examples,
 *    warnings, bytes}
 * (src/train/table_report.h); what is of classes, of a tree or of a network (curve) is there for
 * those only.
 * Otherwise swt_result is an error, as above. */
int32_t swt_train_table(const char* options_json, uint32_t options_length, const double* cells,
                        uint32_t rows);

/* Trains a network on pictures or texts. `cells` are [columns][rows] as swt_train_table has them:
 * of pictures a number for each pixel (row by row, the channels of a pixel together) and the
 * target; of texts the target alone, and `texts` has a text for each row, one after the other, as
 * words with one space between them; `text_ends[i]` is the offset behind the i-th, ascending.
 * Options: kind        "cnn" (pictures, or texts) or "lstm" (texts); required columns, target,
 * classes, split, test_share, test_rows, balanced, seed, licence, data as swt_train_table has them
 *   text        the name of the column of texts; without, the cells are pictures
 *   shape       [height, width, channels] of pictures, required for those
 *   vocabulary  words known at most, default 10000: the commonest of those seen twice or more
 *   words       of a text that are read; 0 (default): as many as 99 of 100 texts have
 *   filters     [n, ...] of the convolutions, one after the other
 *   embedding   numbers that stand for a word
 *   cell        "lstm" (default), "gru", "rnn";  bidirectional  false (default), true
 *   units       [n, ...] of hidden layers
 *   dropout     0 to 0.95;  epochs  at most;  batch;  patience  epochs without help before the end
 *   learning_rate  of Adam
 *   float       false (default): int8 weights; true: float
 * Returns 0: swt_model is the ONNX file, with the input `pixels`, float [n, height, width,
 * channels], or `words`, string [n, words], and the outputs of a table's model; swt_result the
 * report of swt_train_table with `curve`: [{training_loss, validation_loss, validation}], an epoch
 * each. Otherwise swt_result is an error, as above. */
int32_t swt_train_network(const char* options_json, uint32_t options_length, const double* cells,
                          uint32_t rows, const char* texts, const uint32_t* text_ends);

/* Learns from a randomised experiment how much each treatment changes an outcome, row by row. Cells
 * as swt_train_table has them. Options:
 *   columns     as there; target  the place of a number or boolean;  treatment  the place of a
 *               category or boolean: the arms. Required; neither is missing anywhere
 *   control     the place of the control among the treatment's levels, required
 *   split       "stratified" (default: every arm its share), "shuffle-numpy", "time"
 *   time        the place of the column for "time"
 *   test_share  default 0.3;  test_rows  instead of a split: so many last rows are those to test
 *   keep        [string]: columns to use although they look like ids, leaks or outcomes
 *   seed        default 42, at most 4294967295
 *   licence, data  copied into the model's metadata
 * Returns 0: swt_model is the ONNX file, with one input [n, 1] for each column that is used and the
 * output `value`, float [n, treatments]: the expected change of the target; swt_result the report
 *   {kind, target, target_is_share, treatment, control, arms, rows, columns, features, split,
 *    settings, candidates: [{method, strength, loss, difference, error}], balance: {auc, low, high,
 *    columns: [{column, gap}]}, effects: [{arm, treated, control, metrics: {effect, qini, auuc,
 *    auuc_random}, intervals, confirmed, groups: [{treated, control, said, treated_outcome,
 *    control_outcome, effect, low, high}], curve: [[share, gain]]}], importance: [{column, moves}],
 *    weights: [{feature, weights}], examples: [{row, arm, outcome, uplift}], warnings, bytes}
 * (src/train/uplift_metrics.h, src/train/uplift_learner.h).
 * Otherwise swt_result is an error, as above. */
int32_t swt_train_uplift(const char* options_json, uint32_t options_length, const double* cells,
                         uint32_t rows);

/* Learns what a shop's customers do from its order lines: arrays of `lines` entries in any order.
 * `customer` is a number from 0, -1 for a guest; `order` and `item` from 0; `quantity` above 0;
 * `price` of one unit, below 0 when unknown; `time_seconds` since 1970. The first line of an order
 * has its customer and its time. Options:
 *   category_names  [string]; without, or empty, categories are not predicted
 *   categories      [items]: the place of each item's category in category_names, -1 for none
 *   dates           true (default); false when the times are no dates
 *   window          7..3650, default 90: days that a customer's value is predicted for
 *   list            true: an entry for each customer in outlook.customers, and segment_of
 *   seed            default 42
 *   licence, data   copied into the model's metadata
 * Returns 0: swt_model is the ONNX file (src/train/customer_file.h), swt_result the report
 *   {customers, came_again, orders, guest_orders, purchases, days, rhythm: {gaps, median_gap,
 *    usual_longest}, missing, levels, churn_days, segments: [{segment, customers, purchases, value,
 *    median_recency, churn_risk, expected_value}], window, horizons, metrics: {customers,
 *    training_cutoffs, training_rows, churn, wait, value, category}, categories, outlook:
 *    {expected_value, expected_returning}, bytes}.
 * Too few data are no error: `missing` says what there is too little of ("no-dates",
 * "no-customers", "few-customers", "short-period", "few-returns", "few-lost"), what could not be
 * made is null, and there is no model. Otherwise swt_result is an error, as above. */
int32_t swt_train_customers(const char* options_json, uint32_t options_length,
                            const int32_t* customer, const int32_t* order, const int32_t* item,
                            const double* quantity, const double* price, const double* time_seconds,
                            uint32_t lines);

/* Learns what visitors are about to do. `cells` are [columns][rows]: of a log of events session,
 * product (both from 0), seconds since 1970, event (0 view, 1 add, 2 remove, 3 purchase; pages of
 * 4 many products, 5 account, 6 information), pieces (0: all there are), user (from 0, -1 unknown);
 * or of a table of finished visits its columns, and last whether the visit bought, 0 or 1. Options:
 *   columns     [string]: the table's, names of features (src/behaviour/visit_features.h); without,
 *               the data are a log
 *   products    how many there are in a log, default 0
 *   prices, categories
 *               [products] or absent: below 0 unknown, -1 none
 *   source      "shop" (default) or "default": what pages say of the answers
 *   seed        default 42
 *   licence, data
 *               copied into the model's metadata
 * Returns 0: swt_model is the ONNX file (src/behaviour/intents.h), swt_result the report
 *   {visits, buyers, rows, split, metrics: {INTENT: {auc, log_loss, brier: {value, low, high},
 *    calibration_error, calibration, base_rate, threshold, rows, trees, baselines: {base_rate,
 *    events}}}, intents, bytes}.
 * Otherwise swt_result is an error, as above. */
int32_t swt_train_intents(const char* options_json, uint32_t options_length, const double* cells,
                          uint32_t rows);

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
