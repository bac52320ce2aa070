// How a model's answers follow one column while all else stays as it is: partial dependence
// (Friedman 2001), and how far the single rows' curves lie apart (Goldstein et al. 2015).
//
// Refuses dates: their day, weekday and month would all change at once, and no line shows that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "train/columns.h"
#include "train/encoder.h"
#include "train/table_trainer.h"

namespace storewise::train {

// What is answered when every row of the sample has this value: [answers] each.
struct DependencePoint {
  double at = 0;     // a number, the place of a level, 0 or 1; NaN: missing
  double share = 0;  // of the training rows; of a number's points 0, but for the missing
  std::vector<double> mean;
  // 10, 25, 75 and 90 % of the sample's rows are answered with at most this.
  std::vector<double> p10, p25, p75, p90;
};

struct Dependence {
  std::size_t column = 0;
  // Numbers ascending; levels from the commonest on, 12 at most; what is missing comes last, if it
  // is one training row in a hundred.
  std::vector<DependencePoint> points;
  std::vector<double> deciles;  // of a number's training cells: [9], 10 % .. 90 %
};

// Whether a column of that kind can be followed.
bool can_follow(ColumnKind kind);

// Follows `column`, which the encoder uses, over `sample`; where its values lie is seen in
// `training`. Both are rows of the table. Of classes the answers are the probabilities, of numbers
// the one number. The same for the same rows, natively and in WebAssembly.
Dependence follow(const TrainedTable& model, const Encoder& encoder, const RawTable& table,
                  std::size_t column, Rows training, Rows sample);

}  // namespace storewise::train
