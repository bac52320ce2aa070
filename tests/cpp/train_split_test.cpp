// Splits and figures against scikit-learn 1.9 and NumPy 2.4, whose answers are written out here:
// train_test_split(range(n), test_size=0.2, random_state=42[, stratify=y]) and sklearn.metrics.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "catch.h"
#include "support/error.h"
#include "train/metrics.h"
#include "train/split.h"

using namespace storewise;
using namespace storewise::train;

namespace {

using Numbers = std::vector<std::uint32_t>;

Numbers first(const Numbers& all, std::size_t n) { return {all.begin(), all.begin() + n}; }

// zlib.crc32 of the rows as little-endian int32, those learnt from before those tested.
std::uint32_t checksum(const Split& split) {
  std::uint32_t crc = ~0u;
  for (const Numbers* rows : {&split.training, &split.test}) {
    for (const std::uint32_t row : *rows) {
      for (int byte = 0; byte < 4; ++byte) {
        crc ^= (row >> (8 * byte)) & 0xff;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320u : 0u);
      }
    }
  }
  return ~crc;
}

bool each_once(const Split& split, std::size_t rows) {
  Numbers all = split.training;
  all.insert(all.end(), split.test.begin(), split.test.end());
  std::sort(all.begin(), all.end());
  Numbers expected(rows);
  std::iota(expected.begin(), expected.end(), 0u);
  return all == expected;
}

Approx near(double value) { return Approx(value).epsilon(1e-12).margin(1e-12); }

void check_values(const std::vector<Figure>& figures, const std::vector<double>& expected) {
  REQUIRE(figures.size() == expected.size());
  for (std::size_t i = 0; i < figures.size(); ++i) {
    INFO(std::string(figures[i].name));
    CHECK(figures[i].value == near(expected[i]));
  }
}

}  // namespace

TEST_CASE("random numbers are those of NumPy's RandomState") {
  NumpyRandom random(7);
  const Numbers expected{327741615u, 976413892u, 3349725721u, 1369975286u, 1882953283u};
  for (const std::uint32_t number : expected) CHECK(random.next() == number);
}

TEST_CASE("the shuffled split is scikit-learn's, row for row") {
  struct Case {
    std::size_t rows;
    Numbers test;
    std::uint32_t crc;
  };
  for (const Case& c :
       {Case{2, {1}, 3718166540u}, Case{3, {0}, 2723515773u}, Case{10, {8, 1}, 2646530948u},
        Case{11, {5, 0, 9}, 2156187184u}, Case{100, {83, 53, 70, 45, 44, 39, 22, 80}, 3002193895u},
        Case{12330, {8916, 772, 12250, 7793, 6601, 247}, 1500670520u}}) {
    INFO(c.rows);
    const Split split = split_shuffled(c.rows, 0.2, 42);
    CHECK(first(split.test, c.test.size()) == c.test);
    CHECK(checksum(split) == c.crc);
    CHECK(each_once(split, c.rows));
  }
  CHECK_THROWS_AS(split_shuffled(1, 0.2, 42), Error);
  CHECK_THROWS_AS(split_shuffled(4, 0.9, 42), Error);
}

TEST_CASE("the stratified split is scikit-learn's, row for row") {
  std::vector<std::int32_t> uneven;
  for (int i = 0; i < 101; ++i) uneven.push_back((i * i * 7 + i) % 11 % 3);
  const Split split = split_stratified(uneven, 3, 0.2, 42);
  CHECK(split.test ==
        Numbers{13, 92, 2, 68, 20, 9, 62, 83, 15, 48, 99, 40, 32, 8, 44, 53, 100, 78, 84, 46, 75});
  CHECK(checksum(split) == 340325066u);
  CHECK(each_once(split, 101));
  // Classes that tie for the rows left over are drawn; one that never occurs changes nothing.
  std::vector<std::int32_t> tied;
  for (int i = 0; i < 50; ++i) tied.push_back(i % 4 + (i % 4 == 3 ? 1 : 0));
  const Split drawn = split_stratified(tied, 5, 0.2, 42);
  CHECK(drawn.test == Numbers{29, 12, 46, 9, 28, 27, 11, 38, 40, 49});
  CHECK(first(drawn.training, 10) == Numbers{20, 31, 33, 36, 19, 30, 22, 10, 37, 34});
  const std::vector<std::int32_t> lonely{0, 0, 0, 0, 1};
  CHECK_THROWS_AS(split_stratified(lonely, 2, 0.4, 42), Error);
  const std::vector<std::int32_t> many{0, 0, 1, 1, 2, 2};
  CHECK_THROWS_AS(split_stratified(many, 3, 0.2, 42), Error);
}

TEST_CASE("a split by time tests the latest rows and parts no moment") {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> time{5, 1, none, 3, 9, 2, 8, 7, 7, 4};
  const Split split = split_by_time(time, 0.2);
  CHECK(split.training == Numbers{2, 1, 5, 3, 9, 0, 7, 8});
  CHECK(split.test == Numbers{6, 4});
  CHECK(split_by_time(time, 0.3).test == Numbers{7, 8, 6, 4});
  const std::vector<double> same{1, 1, 1};
  CHECK_THROWS_AS(split_by_time(same, 0.3), Error);
  const Numbers rows{0, 1, 3, 4, 5, 6};
  const std::vector<Split> folds = folds_in_time(time, rows, 2);
  REQUIRE(folds.size() == 2);
  CHECK(folds[0].training == Numbers{1, 5});
  CHECK(folds[0].test == Numbers{3, 0});
  CHECK(folds[1].training == Numbers{1, 5, 3, 0});
  CHECK(folds[1].test == Numbers{6, 4});
  CHECK_THROWS_AS(folds_in_time(time, rows, 6), Error);
}

TEST_CASE("folds test every row once, with every class its share") {
  Target target;
  target.classes = 2;
  for (int i = 0; i < 40; ++i) target.labels.push_back(i % 4 == 0 ? 1 : 0);
  Numbers rows;
  for (std::uint32_t i = 0; i < 40; ++i) rows.push_back(i);
  Numbers tested;
  for (const Split& fold : folds_of(target, rows, 5, 1)) {
    CHECK(each_once(fold, 40));
    CHECK(std::count_if(fold.test.begin(), fold.test.end(),
                        [&](std::uint32_t row) { return target.labels[row] == 1; }) == 2);
    tested.insert(tested.end(), fold.test.begin(), fold.test.end());
  }
  std::sort(tested.begin(), tested.end());
  CHECK(tested == rows);
}

TEST_CASE("figures of two classes are scikit-learn's") {
  std::vector<double> p;
  std::vector<double> second;
  std::vector<std::int32_t> truth;
  std::vector<std::int32_t> predicted;
  std::vector<std::uint8_t> belongs;
  for (int i = 0; i < 60; ++i) {
    const double one = std::round(i * 37 % 101 / 101.0 * 100) / 100;
    p.insert(p.end(), {1 - one, one});
    second.push_back(one);
    truth.push_back(i * 53 % 97 < 97 * one * 0.8 + 5 ? 1 : 0);
    belongs.push_back(static_cast<std::uint8_t>(truth.back()));
    predicted.push_back(one > 0.5 ? 1 : 0);
  }
  const ClassAnswers answers{2, p, predicted, truth};
  const std::vector<Figure> figures = class_figures(answers, {500, 42});
  check_values(figures, {0.7333333333333333, 0.7330367074527253, 0.7374860956618464,
                         0.7241379310344828, 1.216772908714318, 0.21456333333333336});
  CHECK(area_under_curve(second, belongs) == near(0.7374860956618464));
  for (const Figure& figure : figures) {
    CHECK(figure.low < figure.value);
    CHECK(figure.value < figure.high);
  }
  // Of 60 rows the share right has a standard error of 0.057: the interval is about four of those.
  CHECK(figures[0].high - figures[0].low > 0.15);
  CHECK(figures[0].high - figures[0].low < 0.30);
  const std::vector<Figure> again = class_figures(answers, {500, 42});
  CHECK(again[2].low == figures[2].low);
  CHECK(class_figures(answers, {0, 42})[0].low == figures[0].value);

  const std::vector<RocPoint> roc = roc_points(second, belongs, 50);
  CHECK((roc.front().false_positives == 0 && roc.front().true_positives == 0));
  CHECK((roc.back().false_positives == 1 && roc.back().true_positives == 1));
  CHECK(roc.size() <= 50);
  CHECK(std::is_sorted(roc.begin(), roc.end(), [](const RocPoint& a, const RocPoint& b) {
    return a.true_positives < b.true_positives;
  }));
  const std::vector<CalibrationBin> bins = calibration_bins(answers);
  CHECK(std::accumulate(bins.begin(), bins.end(), std::size_t{0},
                        [](std::size_t n, const CalibrationBin& b) { return n + b.rows; }) == 60);
  CHECK(calibration_error(bins) > 0);
}

TEST_CASE("figures of several classes are scikit-learn's") {
  std::vector<double> p;
  std::vector<std::int32_t> truth;
  std::vector<std::int32_t> predicted;
  for (int i = 0; i < 60; ++i) {
    const std::vector<double> raw{1.0 + i * 7 % 5, 1.0 + i * 3 % 7, 1.0 + i * 11 % 4};
    const double sum = raw[0] + raw[1] + raw[2];
    for (const double value : raw) p.push_back(value / sum);
    predicted.push_back(
        static_cast<std::int32_t>(std::max_element(raw.begin(), raw.end()) - raw.begin()));
    truth.push_back(i % 2 == 1 ? (i * i + i) % 3 : predicted.back());
  }
  const ClassAnswers answers{3, p, predicted, truth};
  check_values(class_figures(answers, {0, 42}),
               {0.6, 0.5161290322580645, 0.7085938809964764, 0.45694242864054185,
                0.9769234613853545, 0.5869175250232336});
  CHECK(confusion_matrix(predicted, truth, 3) ==
        std::vector<std::size_t>{17, 9, 5, 0, 19, 0, 4, 6, 0});
}

TEST_CASE("what the rows cannot tell is no number") {
  const std::vector<double> p{0.4, 0.6, 0.9, 0.1};
  const std::vector<std::int32_t> truth{1, 1};
  const std::vector<std::int32_t> predicted{1, 0};
  const std::vector<Figure> figures = class_figures({2, p, predicted, truth}, {50, 1});
  CHECK(figures[0].value == near(0.5));
  CHECK(std::isnan(figures[2].value));
  const std::vector<double> one{3, 3};
  CHECK(std::isnan(number_figures(one, one, {50, 1})[0].value));
  const std::vector<std::uint8_t> all{1, 1};
  CHECK(roc_points(one, all, 10).empty());
}

TEST_CASE("figures of numbers are scikit-learn's") {
  std::vector<double> truth;
  std::vector<double> answers;
  for (int i = 0; i < 40; ++i) {
    truth.push_back(i * 17 % 23);
    answers.push_back(truth.back() + i * 5 % 7 - 3);
  }
  const std::vector<Figure> figures = number_figures(answers, truth, {200, 42});
  check_values(figures, {0.9091394244584627, 1.75, 2.0371548787463363});
  for (const Figure& figure : figures)
    CHECK((figure.low < figure.value && figure.value < figure.high));
  CHECK(usual_resamples(100) == 1000);
  CHECK(usual_resamples(1000000) == 100);
}
