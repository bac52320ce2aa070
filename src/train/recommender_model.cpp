#include "train/recommender_model.h"

#include <array>
#include <cstdint>

#include "onnx/writer.h"

namespace storewise::train {

std::string write_recommender(const ItemModel& model, const std::string& metadata) {
  using onnx::DataType;
  const auto items = static_cast<std::int64_t>(model.items);
  const auto k = static_cast<std::int64_t>(model.k);
  onnx::ModelWriter writer("recommender");
  writer.add_input("items", DataType::kInt64, {"n"});
  writer.add_input("weights", DataType::kFloat, {"n"});
  writer.add_output("scores", DataType::kFloat, {model.items});
  writer.add_initializer("neighbours", DataType::kInt32, {items, k},
                         onnx::bytes_of(model.neighbours));
  writer.add_initializer("neighbour_weights", DataType::kInt8, {items, k},
                         onnx::bytes_of(model.neighbour_weights));
  writer.add_initializer("neighbour_scales", DataType::kFloat, {items},
                         onnx::bytes_of(model.neighbour_scales));
  writer.add_initializer("popularity_q", DataType::kInt8, {items},
                         onnx::bytes_of(model.popularity));
  const std::array<float, 1> popularity_scale{model.popularity_scale};
  writer.add_initializer("popularity_scale", DataType::kFloat, {},
                         onnx::bytes_of(popularity_scale));
  const std::array<std::int64_t, 1> flat{-1};
  writer.add_initializer("flat", DataType::kInt64, {1}, onnx::bytes_of(flat));
  const std::array<std::int64_t, 1> last{1};
  writer.add_initializer("last_axis", DataType::kInt64, {1}, onnx::bytes_of(last));

  writer.add_node("Gather", {"neighbours", "items"}, {"rows"}, {{"axis", 0}});
  writer.add_node("Cast", {"rows"}, {"wide_rows"},
                  {{"to", static_cast<std::int64_t>(DataType::kInt64)}});
  writer.add_node("Reshape", {"wide_rows", "flat"}, {"indices"});
  writer.add_node("Gather", {"neighbour_weights", "items"}, {"row_weights"}, {{"axis", 0}});
  writer.add_node("Gather", {"neighbour_scales", "items"}, {"row_scales"}, {{"axis", 0}});
  writer.add_node("DequantizeLinear", {"row_weights", "row_scales"}, {"row_values"}, {{"axis", 0}});
  writer.add_node("Unsqueeze", {"weights", "last_axis"}, {"query_weights"});
  writer.add_node("Mul", {"row_values", "query_weights"}, {"contributions"});
  writer.add_node("Reshape", {"contributions", "flat"}, {"updates"});
  writer.add_node("DequantizeLinear", {"popularity_q", "popularity_scale"}, {"prior"});
  writer.add_node("ScatterElements", {"prior", "indices", "updates"}, {"scores"},
                  {{"axis", 0}, {"reduction", "add"}});
  writer.set_metadata("storewise", metadata);
  return writer.bytes();
}

}  // namespace storewise::train
