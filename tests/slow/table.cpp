#include "table.hpp"

#include <cstdio>
#include <utility>

namespace gibbs::testing {

Table::Table(std::string head, std::vector<std::string> columns)
    : head_(std::move(head)), columns_(std::move(columns)) {}

void Table::add_row(const std::string& name, const std::vector<Cell>& cells) {
  body_ += "| " + name + " |";
  for (const Cell& cell : cells) {
    const bool good = cell.error <= cell.bar;
    within_bars_ = within_bars_ && good;
    const std::string number = short_number(cell.error);
    body_ += good ? " " + number + " |" : " **" + number + "** |";
  }
  body_ += '\n';
}

std::string Table::markdown() const {
  std::string text = "| " + head_ + " |";
  std::string rule = "|---|";
  for (const std::string& column : columns_) {
    text += " " + column + " |";
    rule += "---:|";
  }
  return text + "\n" + rule + "\n" + body_ + "\n";
}

std::string short_number(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, value < 0.01 || value >= 1e4 ? "%.2e" : "%.3g", value);
  return value == 0 ? "0" : buffer;
}

}  // namespace gibbs::testing
