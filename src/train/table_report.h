// The parts of a table model's report and metadata that are looked at rather than computed with:
// columns, features, figures, pictures' points, the drawing of a tree.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "support/json.h"
#include "train/columns.h"
#include "train/dependence.h"
#include "train/encoder.h"
#include "train/metrics.h"
#include "train/tree.h"

namespace storewise::train {

// null for what is no number, as JSON has none of those.
Json number_or_null(double value);

std::string_view name_of(Part part);  // "value", "weekday", "level", ...

// For every column: {name, kind, used, reason, warning, missing, distinct, least, most,
// encoding, features, levels}; least and most of numbers and dates only.
Json column_report(const RawTable& table, const std::vector<Finding>& findings,
                   const Encoder& encoder);
// For every column that is used: {name, input, kind, usual, least, most, fill, whole} or {name,
// input, kind, usual, levels}: what a page passes. A number is `whole` where no cell has a
// fraction. A boolean has the levels too that its file had for false and true. `usual` is what an
// ordinary row of `training` has: of a category the commonest level ("" where most often none is
// there), of a boolean the commoner value, of numbers and dates the median (the lower of two in the
// middle).
Json column_metadata(const RawTable& table, const std::vector<Finding>& findings,
                     const Encoder& encoder, Rows training, const std::vector<std::string>& inputs);
// For every feature: {name, column, part, mean}; the mean is over the rows of `training`, and left
// out where that is nullptr.
Json feature_metadata(const RawTable& table, const Encoder& encoder, const FeatureTable* training);

// {answers, rows, columns: [{column, kind, points: [{at, share, mean, p10, p25, p75, p90}],
// deciles}]}: `at` is a number, or what a level is called, or null for a missing cell. `answers`
// name what mean and the rest hold: of two classes the second alone, of more each one, or the
// target; `rows` is the size of the sample.
Json dependence_report(const RawTable& table, const std::vector<Dependence>& dependences,
                       const std::vector<std::string>& answers, std::size_t rows);

// {name: value, ...}, and {name: [low, high], ...}; null for what is no number.
Json values_of(std::span<const Figure> figures);
Json intervals_of(std::span<const Figure> figures);

// [{label, auc, points: [[x, y]]}]: of two classes the second's curve, of more each one's.
Json roc_report(const ClassAnswers& answers, const std::vector<std::string>& labels);
Json calibration_report(const ClassAnswers& answers);  // {error, bins: [{rows, claimed, share}]}

// The upper levels of a tree: nodes [{feature, column, part, level, threshold, yes, no, rows,
// value, cut}]; a leaf has no feature, `cut` marks one that is drawn as a leaf but is none.
Json tree_drawing(const Tree& tree, const Encoder& encoder, const RawTable& table,
                  std::size_t levels);

}  // namespace storewise::train
